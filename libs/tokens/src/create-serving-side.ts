import type { Clock } from './model/clock.ts';
import type { TokenEventListener } from './model/events.ts';
import { guardListener } from './model/guard-listener.ts';
import type { RefreshPolicy } from './model/refresh-policy.ts';
import type { PeerAnswer, PeerRequest, Peers } from './ports/peers.ts';
import type { TokenCache } from './ports/token-cache.ts';
import type { TokenStore } from './ports/token-store.ts';
import { CacheRestore } from './replication/cache-restore.ts';
import { CacheWriter } from './replication/cache-writer.ts';
import { SourceReports } from './replication/source-reports.ts';
import { MissingTokens } from './replication/missing-tokens.ts';
import { answerPeer } from './replication/peer-answer.ts';
import { PeerSync } from './replication/peer-sync.ts';
import { StoreLink } from './replication/store-link.ts';
import { StoreSync } from './replication/store-sync.ts';
import { CurrentTokens } from './serving/current-tokens.ts';
import type { ServePolicy } from './serving/serve-policy.ts';
import { TokenVendor } from './serving/token-vendor.ts';

/** What the serving side needs from outside. */
interface ServingSideParts {
  readonly store: TokenStore;
  /** What the process keeps for its next start; null: nothing. */
  readonly cache: TokenCache | null;
  /** The other processes of the service; null where they cannot be asked. */
  readonly peers: Peers | null;
  readonly clock: Clock;
  /** Hears every event. An error that it throws becomes a warning of the process. */
  readonly listener: TokenEventListener;
  readonly servePolicy: ServePolicy;
  readonly refreshPolicy: RefreshPolicy;
}

/**
 * The side that every process has: its copy of the tokens, the vendor that reads it, and its link to the
 * store.
 */
export interface ServingSide {
  readonly tokens: CurrentTokens;
  readonly vendor: TokenVendor;
  readonly link: StoreLink;
  readonly sync: StoreSync;
  readonly peerSync: PeerSync;
  /** Answers a peer from the memory of this process. */
  readonly answerPeer: (request: PeerRequest) => PeerAnswer;
  readonly cacheRestore: CacheRestore;
  readonly cacheWriter: CacheWriter;
  readonly sourceReports: SourceReports;
  readonly missing: MissingTokens;
  readonly refreshPolicy: RefreshPolicy;
}

/** Builds the serving side. Nothing runs until `sync.watch()` or `sync.poll()` is called. */
export function createServingSide(parts: ServingSideParts): ServingSide {
  const { store, cache, peers, clock, servePolicy, refreshPolicy } = parts;
  const listener = guardListener(parts.listener);
  const tokens = new CurrentTokens(clock);
  const vendor = new TokenVendor({ tokens, clock, servePolicy, refreshPolicy });
  const link = new StoreLink(store, listener);
  const cacheRestore = new CacheRestore({ cache, tokens, clock, listener });
  const cacheWriter = new CacheWriter({ cache, tokens, clock, listener });
  const sync = new StoreSync({ store, link, tokens, listener, cacheRestore, cacheWriter });
  const sourceReports = new SourceReports(link, clock);
  const peerSync = new PeerSync({ peers, sync, tokens, link, refreshPolicy, clock, listener });
  const missing = new MissingTokens({ tokens, link, sync, peerSync, vendor, clock });
  return {
    tokens,
    vendor,
    link,
    sync,
    missing,
    sourceReports,
    peerSync,
    answerPeer: (request) => answerPeer(request, { tokens, clock, knowsAll: cacheWriter.knowsAll }),
    cacheRestore,
    cacheWriter,
    refreshPolicy,
  };
}
