import type { Secret } from '#libs/tokens';

/** Host and port of a server. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** TLS and login, the same on every node. */
export interface RedisLogin {
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: Secret | null;
}

/** One Redis. */
export interface SingleAddress extends RedisLogin, Endpoint {
  readonly kind: 'single';
  /** Index of the logical database; 0 by default. */
  readonly db: number;
}

/** A Redis Cluster. The client learns its other nodes from the seeds. */
export interface ClusterAddress extends RedisLogin {
  readonly kind: 'cluster';
  readonly seeds: readonly Endpoint[];
}

/** The current master of a Sentinel group. */
export interface SentinelAddress extends RedisLogin {
  readonly kind: 'sentinel';
  readonly sentinels: readonly Endpoint[];
  readonly masterName: string;
  readonly db: number;
  /** The login of the Sentinels, which differs from Redis's. */
  readonly sentinelUsername: string | null;
  readonly sentinelPassword: Secret | null;
}

/** The parsed REDIS_URL. */
export type RedisAddress = SingleAddress | ClusterAddress | SentinelAddress;

/** Formats an address for messages, without user and password. */
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
