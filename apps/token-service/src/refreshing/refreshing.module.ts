import { AdobeImsClient } from '#libs/adobe-ims';
import {
  CertificateWatch,
  Clock,
  createRefresherHandler,
  createRefreshingSide,
  CredentialSource,
  ImsClient,
  PendingTrials,
  RefresherClient,
  RefreshPlan,
  TokenRefresher,
  type RefreshingSide,
} from '#libs/tokens';
import { Inject, Module, type OnApplicationBootstrap } from '@nestjs/common';

import { REFRESHING_CONFIG } from '../config/settings.ts';
import { provideFrom } from '../injection/provide.ts';
import { tokenFor } from '../injection/typed-token.ts';
import { LOG } from '../logging/create-log.ts';
import { HealthModule } from '../status/health.module.ts';
import { SERVING_SIDE } from '../store/serving-side.ts';
import { StoreModule } from '../store/store.module.ts';
import { TOKEN_EVENT_LISTENER } from '../store/token-event-listener.ts';
import { TRACING } from '../tracing/tracing.ts';
import { createCredentialSource } from './create-credential-source.ts';
import { LookNow } from './look-now.ts';
import { RefreshScheduler } from './refresh-scheduler.ts';
import { RefreshingWarmUp } from './refreshing-warm-up.ts';
import { SourcePoller } from './source-poller.ts';

/** The composed refreshing side; the classes of its parts are injection tokens too. */
const REFRESHING_SIDE = tokenFor<RefreshingSide>('refreshing side');

/** The side that holds credentials: their source, the exchanges at IMS, and the schedule. */
@Module({
  imports: [HealthModule, StoreModule],
  providers: [
    provideFrom(
      CredentialSource,
      { config: REFRESHING_CONFIG, clock: Clock, log: LOG, tracing: TRACING },
      ({ tracing, ...parts }) => tracing.source(createCredentialSource(parts)),
    ),
    provideFrom(ImsClient, { clock: Clock, tracing: TRACING }, ({ clock, tracing }) =>
      tracing.ims(new AdobeImsClient({ clock })),
    ),
    provideFrom(
      REFRESHING_SIDE,
      {
        serving: SERVING_SIDE,
        source: CredentialSource,
        ims: ImsClient,
        clock: Clock,
        listener: TOKEN_EVENT_LISTENER,
        tracing: TRACING,
      },
      ({ tracing, ...parts }) =>
        createRefreshingSide({
          ...parts,
          random: Math.random,
          instrument: (renewal) => tracing.renewal(renewal),
        }),
    ),
    provideFrom(RefreshPlan, { side: REFRESHING_SIDE }, ({ side }) => side.plan),
    provideFrom(TokenRefresher, { side: REFRESHING_SIDE }, ({ side }) => side.refresher),
    provideFrom(PendingTrials, { side: REFRESHING_SIDE }, ({ side }) => side.trials),
    provideFrom(CertificateWatch, { side: REFRESHING_SIDE }, ({ side }) => side.certificates),
    SourcePoller,
    RefreshScheduler,
    RefreshingWarmUp,
    { provide: LookNow, useExisting: RefreshScheduler },
  ],
  exports: [LookNow],
})
export class RefreshingModule implements OnApplicationBootstrap {
  readonly #refresher: RefresherClient;
  readonly #side: RefreshingSide;
  readonly #lookNow: LookNow;

  constructor(
    @Inject(RefresherClient) refresher: RefresherClient,
    @Inject(REFRESHING_SIDE) side: RefreshingSide,
    @Inject(LookNow) lookNow: LookNow,
  ) {
    this.#refresher = refresher;
    this.#side = side;
    this.#lookNow = lookNow;
  }

  onApplicationBootstrap(): void {
    const { replacement, revocation } = this.#side;
    const lookNow = (): Promise<void> => this.#lookNow.lookNow();
    this.#refresher.handleWith(createRefresherHandler({ lookNow, replacement, revocation }));
  }
}
