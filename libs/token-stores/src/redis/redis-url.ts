import type { ClusterAddress, Endpoint, RedisAddress, SingleAddress } from './redis-address.ts';
import { isSentinelUrl, parseSentinelUrl } from './redis-sentinel-url.ts';
import { ENCODING_REMEDY, expandHosts, parseNodeUrl } from './redis-node-url.ts';

const REDIS_PORT = 6379;
const SHAPE =
  'redis://[USER:PASSWORD@]HOST[:PORT][/DB], several of these separated by commas (Redis Cluster), ' +
  'or redis+sentinel://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]/MASTER_NAME; rediss for TLS';

/**
 * Parses REDIS_URL: one URL is one Redis, several are seeds of a Redis Cluster. A user without a password
 * needs REDIS_PASSWORD_FILE.
 * @throws Error with the rule; it quotes nothing of the text, which may contain a password
 */
export function parseRedisUrl(text: string): RedisAddress {
  const plain = withRedisSchemes(text);
  if (isSentinelUrl(plain)) return parseSentinelUrl(plain);
  const urls = plain.split(/,\s*(?=rediss?:)/i).flatMap(expandHosts);
  const nodes = urls.map((url) => {
    const node = parseNodeUrl(url, REDIS_PORT);
    if (node === null) throw new Error(`must look like ${SHAPE}; ${ENCODING_REMEDY}`);
    return node;
  });
  const [first] = nodes;
  return first !== undefined && nodes.length === 1 ? { kind: 'single', ...first } : toCluster(nodes);
}

/** Valkey has the protocol of Redis; its schemes are aliases. */
const withRedisSchemes = (text: string): string =>
  text.replaceAll(
    /(^\s*|,\s*)valkey(s?)(?=(\+sentinel)?:\/\/)/gi,
    (_, before: string, tls: string) => `${before}${tls === '' ? 'redis' : 'rediss'}`,
  );

/** A Cluster has one login for all nodes: the first in the text. */
function toCluster(nodes: readonly Omit<SingleAddress, 'kind'>[]): ClusterAddress {
  const tls = nodes[0]?.tls === true;
  if (nodes.some((node) => node.tls !== tls))
    throw new Error('must use either redis:// or rediss:// for all nodes of a Redis Cluster');
  if (nodes.some(({ db }) => db !== 0))
    throw new Error('names a database, and a Redis Cluster (several addresses) has none but 0');
  const login = nodes.find(({ username, password }) => username !== null || password !== null);
  const seeds = new Map<string, Endpoint>();
  for (const { host, port } of nodes) seeds.set(`${host}:${port}`, { host, port });
  return {
    kind: 'cluster',
    seeds: [...seeds.values()],
    tls,
    username: login?.username ?? null,
    password: login?.password ?? null,
  };
}
