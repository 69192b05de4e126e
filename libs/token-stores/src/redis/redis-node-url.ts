import { Secret } from '#libs/tokens';

import type { SingleAddress } from './redis-address.ts';

/** The remedy for a URL that a character of the password splits at the wrong place. */
export const ENCODING_REMEDY =
  'write special characters of a user or password percent-encoded ("@" as %40, "#" as %23)';

/**
 * Splits `redis://LOGIN@A,B/REST` into `redis://LOGIN@A/REST` and `redis://LOGIN@B/REST`. A login may have
 * commas.
 */
export function expandHosts(text: string): string[] {
  const login = /^[^]*@|^rediss?:\/\//i.exec(text)?.[0] ?? '';
  const hosts = /^[^/?#]*/.exec(text.slice(login.length))?.[0] ?? '';
  const rest = text.slice(login.length + hosts.length);
  return hosts.split(',').map((host) => `${login}${host.trim()}${rest}`);
}

/**
 * Parses one `redis://` or `rediss://` URL; null if the text has another form.
 * @throws Error with the rule; it quotes nothing of the text
 */
export function parseNodeUrl(text: string, defaultPort: number): Omit<SingleAddress, 'kind'> | null {
  // Not `new URL`: its error contains the whole text.
  const url = URL.parse(text);
  if (url === null || url.hostname === '' || !/^rediss?:$/.test(url.protocol)) return null;
  if (url.search !== '' || url.hash !== '')
    throw new Error(`must have nothing after the database, neither "?" nor "#"; ${ENCODING_REMEDY}`);
  const db = /^\/?(\d{0,5})$/.exec(url.pathname)?.[1];
  if (db === undefined)
    throw new Error(`must have the number of a database after the host, or nothing; ${ENCODING_REMEDY}`);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort : Number(url.port),
    tls: url.protocol === 'rediss:',
    username: url.username === '' ? null : decode(url.username),
    password: url.password === '' ? null : new Secret(decode(url.password)),
    db: Number(db),
  };
}

/**
 * Decodes percent-encoding.
 * @throws Error with the remedy, without the text
 */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('has a "%" in its user or password that encodes no character: write it as %25');
  }
}
