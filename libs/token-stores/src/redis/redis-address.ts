import type { Secret } from '#libs/tokens';

/** Where something listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** How to log in to Redis, on every node alike. */
export interface RedisLogin {
  /** Whether everything is spoken over TLS. */
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: Secret | null;
}

/** One Redis. */
export interface SingleAddress extends RedisLogin, Endpoint {
  readonly kind: 'single';
  /** The index of the logical database; 0 where the URL names none. */
  readonly db: number;
}

/** A Redis Cluster, known by some of its nodes; the others are learned from these. */
export interface ClusterAddress extends RedisLogin {
  readonly kind: 'cluster';
  readonly seeds: readonly Endpoint[];
}

/** The Redis that the Sentinels call the master of this name at the moment. */
export interface SentinelAddress extends RedisLogin {
  readonly kind: 'sentinel';
  readonly sentinels: readonly Endpoint[];
  readonly masterName: string;
  readonly db: number;
  /** The Sentinels' own login, which is not Redis's. */
  readonly sentinelUsername: string | null;
  readonly sentinelPassword: Secret | null;
}

/** Redis as REDIS_URL names it. */
export type RedisAddress = SingleAddress | ClusterAddress | SentinelAddress;

/** The address in words for people: no user, no password. */
export function describeAddress(address: RedisAddress): string {
  const list = (endpoints: readonly Endpoint[]) =>
    endpoints.map(({ host, port }) => `${host}:${port}`).join(', ');
  switch (address.kind) {
    case 'single':
      return `Redis at ${list([address])}`;
    case 'cluster':
      return `The Redis Cluster at ${list(address.seeds)}`;
    case 'sentinel':
      return `Redis (master ${address.masterName} of the Sentinels at ${list(address.sentinels)})`;
  }
}
