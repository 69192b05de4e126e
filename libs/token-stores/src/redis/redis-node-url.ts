import { Secret } from '#libs/tokens';

import type { SingleAddress } from './redis-address.ts';

/** What to do where a URL is cut at a character of the password. */
export const ENCODE =
  'write special characters of a user or password percent-encoded ("@" as %40, "#" as %23)';

/** `redis://LOGIN@A,B/REST` as `redis://LOGIN@A/REST` and `redis://LOGIN@B/REST`; a comma in the login stays where it is. */
export function expandHosts(text: string): string[] {
  const login = /^[^]*@|^rediss?:\/\//i.exec(text)?.[0] ?? '';
  const hosts = /^[^/?#]*/.exec(text.slice(login.length))?.[0] ?? '';
  const rest = text.slice(login.length + hosts.length);
  return hosts.split(',').map((host) => `${login}${host.trim()}${rest}`);
}

/**
 * One `redis://` or `rediss://` URL; null where it does not even look like one.
 * @throws Error saying what is wrong, and quoting nothing.
 */
export function parseNodeUrl(text: string, defaultPort: number): Omit<SingleAddress, 'kind'> | null {
  // Not `new URL` in a try: the error it throws carries the whole text.
  const url = URL.parse(text);
  if (url === null || url.hostname === '' || !/^rediss?:$/.test(url.protocol)) return null;
  if (url.search !== '' || url.hash !== '')
    throw new Error(`must have nothing after the database, neither "?" nor "#"; ${ENCODE}`);
  const db = /^\/?(\d{0,5})$/.exec(url.pathname)?.[1];
  if (db === undefined)
    throw new Error(`must have the number of a database after the host, or nothing; ${ENCODE}`);
  if (url.username !== '' && url.password === '') throw new Error('names a user but no password');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort : Number(url.port),
    tls: url.protocol === 'rediss:',
    username: url.username === '' ? null : decode(url.username),
    password: url.password === '' ? null : new Secret(decode(url.password)),
    db: Number(db),
  };
}

/** Undoes percent-encoding. @throws Error with the remedy, and without the text. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('has a "%" in its user or password that stands for itself: write it as %25');
  }
}
