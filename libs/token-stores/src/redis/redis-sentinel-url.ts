import { Secret } from '#libs/tokens';

import type { SentinelAddress } from './redis-address.ts';
import { decode, ENCODING_REMEDY, expandHosts, parseNodeUrl } from './redis-node-url.ts';

const SENTINEL_PORT = 26379;
const SHAPE =
  'redis+sentinel://[USER:PASSWORD@]HOST[:PORT],HOST[:PORT]/MASTER_NAME[/DB]' +
  '[?sentinelUsername=…&sentinelPassword=…], or the same with rediss+sentinel:// for TLS';

export const isSentinelUrl = (text: string): boolean => /^rediss?\+sentinel:/i.test(text);

/**
 * Parses a `redis+sentinel://` URL. User and password before the host are Redis's. Those of the Sentinels are
 * query parameters, so that neither server ever receives the password of the other.
 * @throws Error with the rule; it quotes nothing of the text
 */
export function parseSentinelUrl(text: string): SentinelAddress {
  const wrong = () => new Error(`must look like ${SHAPE}; ${ENCODING_REMEDY}`);
  const parts =
    /^(rediss?)\+sentinel:(\/\/[^?#/]*[^?#/@])\/([^/?#@]+)(?:\/(\d{1,5}))?\/?(?:\?([^#]*))?$/i.exec(text);
  const [, scheme, authority, masterName, db, query] = parts ?? [];
  if (scheme === undefined || authority === undefined || masterName === undefined) throw wrong();
  const nodes = expandHosts(`${scheme}:${authority}`).map((url) => parseNodeUrl(url, SENTINEL_PORT));
  const sentinels = nodes.map((node) => {
    if (node === null) throw wrong();
    return { host: node.host, port: node.port };
  });
  return {
    kind: 'sentinel',
    sentinels,
    masterName: decode(masterName),
    tls: scheme.toLowerCase() === 'rediss',
    username: nodes[0]?.username ?? null,
    password: nodes[0]?.password ?? null,
    db: Number(db ?? 0),
    ...parseSentinelLogin(query ?? ''),
  };
}

function parseSentinelLogin(query: string): Pick<SentinelAddress, 'sentinelUsername' | 'sentinelPassword'> {
  // A plus means a plus, as in the password before the host.
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'));
  const unknown = [...parameters.keys()].some(
    (key) => key !== 'sentinelUsername' && key !== 'sentinelPassword',
  );
  if (unknown) throw new Error('may have only sentinelUsername and sentinelPassword after the "?"');
  const username = parameters.get('sentinelUsername') || null;
  const password = parameters.get('sentinelPassword') || null;
  if (username !== null && password === null)
    throw new Error('names a sentinelUsername but no sentinelPassword');
  return { sentinelUsername: username, sentinelPassword: password === null ? null : new Secret(password) };
}
