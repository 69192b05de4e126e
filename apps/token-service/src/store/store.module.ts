import {
  Clock,
  createServingSide,
  CurrentTokens,
  MissingTokens,
  PeerSync,
  RefresherClient,
  RefreshPolicy,
  ServePolicy,
  SourceReports,
  StoreSync,
  SystemClock,
  TokenStore,
  TokenVendor,
} from '#libs/tokens';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';

import { CACHE_FOLDER, REDIS_FILES, SERVICE_CONFIG } from '../config/settings.ts';
import { provideFrom } from '../injection/provide.ts';
import { LOG } from '../logging/create-log.ts';
import { TRACING } from '../tracing/tracing.ts';
import { PeerRoute } from './peer-route.ts';
import {
  createPeerMessages,
  createPeers,
  createRefresherClient,
  createTokenCache,
  createTokenStore,
} from './redis-or-memory.ts';
import { PEER_MESSAGES, SERVING_SIDE } from './serving-side.ts';
import { StorePoller } from './store-poller.ts';
import { TOKEN_EVENT_LISTENER } from './token-event-listener.ts';

/** The token store, this process's copy of it, and the connection to the processes that hold credentials. */
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    provideFrom(
      TokenStore,
      {
        config: SERVICE_CONFIG,
        files: REDIS_FILES,
        log: LOG,
        tracing: TRACING,
        listener: TOKEN_EVENT_LISTENER,
      },
      ({ tracing, ...parts }) => tracing.store(createTokenStore(parts)),
    ),
    provideFrom(
      RefresherClient,
      { config: SERVICE_CONFIG, files: REDIS_FILES, log: LOG, listener: TOKEN_EVENT_LISTENER },
      createRefresherClient,
    ),
    provideFrom(
      SERVING_SIDE,
      {
        store: TokenStore,
        folder: CACHE_FOLDER,
        messages: PEER_MESSAGES,
        clock: Clock,
        listener: TOKEN_EVENT_LISTENER,
        config: SERVICE_CONFIG,
      },
      ({ config, folder, messages, ...parts }) =>
        createServingSide({
          ...parts,
          cache: createTokenCache(config, folder),
          peers: createPeers(config, messages),
          servePolicy: new ServePolicy(config.MIN_SERVE_SECONDS),
          refreshPolicy: new RefreshPolicy(config.REFRESH_AT),
        }),
    ),
    provideFrom(PEER_MESSAGES, { config: SERVICE_CONFIG }, ({ config }) => createPeerMessages(config)),
    provideFrom(PeerSync, { side: SERVING_SIDE }, ({ side }) => side.peerSync),
    provideFrom(CurrentTokens, { side: SERVING_SIDE }, ({ side }) => side.tokens),
    provideFrom(TokenVendor, { side: SERVING_SIDE }, ({ side }) => side.vendor),
    provideFrom(MissingTokens, { side: SERVING_SIDE }, ({ side }) => side.missing),
    provideFrom(StoreSync, { side: SERVING_SIDE }, ({ side }) => side.sync),
    provideFrom(SourceReports, { side: SERVING_SIDE }, ({ side }) => side.sourceReports),
    PeerRoute,
    StorePoller,
  ],
  exports: [
    Clock,
    CurrentTokens,
    MissingTokens,
    RefresherClient,
    SERVING_SIDE,
    SourceReports,
    StoreSync,
    TokenVendor,
  ],
})
export class StoreModule implements OnApplicationShutdown {
  readonly #refresher: RefresherClient;

  constructor(@Inject(RefresherClient) refresher: RefresherClient) {
    this.#refresher = refresher;
  }

  /** By now the server has answered the last request. */
  onApplicationShutdown(): Promise<void> {
    return this.#refresher.close();
  }
}
