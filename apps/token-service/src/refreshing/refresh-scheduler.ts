import { CertificateWatch, PendingTrials, RefreshPlan, SingleFlight, TokenRefresher } from '#libs/tokens';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import type { LookNow } from './look-now.ts';
import { SourcePoller } from './source-poller.ts';

/** Starts due work in short ticks that read the clock: a suspended machine would miss long timers. */
@Injectable()
export class RefreshScheduler implements LookNow, BeforeApplicationShutdown {
  readonly #refresher: TokenRefresher;
  readonly #plan: RefreshPlan;
  readonly #source: SourcePoller;
  readonly #trials: PendingTrials;
  readonly #certificates: CertificateWatch;
  readonly #ticks = new SingleFlight<'source', void>();

  constructor(
    @Inject(TokenRefresher) refresher: TokenRefresher,
    @Inject(RefreshPlan) plan: RefreshPlan,
    @Inject(SourcePoller) source: SourcePoller,
    @Inject(PendingTrials) trials: PendingTrials,
    @Inject(CertificateWatch) certificates: CertificateWatch,
  ) {
    this.#refresher = refresher;
    this.#plan = plan;
    this.#source = source;
    this.#trials = trials;
    this.#certificates = certificates;
  }

  /** Starts the due exchanges and waits for none, so ticks cannot pile up. */
  @Interval(200)
  startDueRefreshes(): void {
    void this.#refresher.refreshDue();
    void this.#trials.tryPending();
  }

  @Interval(1_000)
  pollSource(): Promise<void> {
    return this.#ticks.run('source', async () => {
      await this.#source.tick();
      await this.#certificates.check();
    });
  }

  async lookNow(): Promise<void> {
    this.#plan.resetBackOff();
    await this.#source.pollNow();
  }

  /** Runs before the store closes: refreshes in progress publish their tokens and release their leases. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#refresher.stop();
  }
}
