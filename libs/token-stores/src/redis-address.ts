import { Secret } from '#libs/tokens';

/** Where one Redis is and how to log in there. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: Secret | null;
  /** The index of the logical database; 0 where the URL names none. */
  readonly db: number;
}

const DEFAULT_PORT = 6379;
const SHAPE = 'redis://[USER:PASSWORD@]HOST[:PORT][/DB], or the same with rediss:// for TLS';
const ENCODE = 'write special characters of a user or password percent-encoded ("@" as %40, "#" as %23)';

/**
 * REDIS_URL as an address.
 * @throws Error saying what is wrong without quoting anything of the text, since it may hold a password.
 */
export function parseRedisUrl(text: string): RedisAddress {
  if (/^redis(s)?\+sentinel:/i.test(text))
    throw new Error(
      'Redis Sentinel (redis+sentinel://) is not supported yet in this version: name one Redis',
    );
  if (text.replace(/\/\/[^/@]*@/, '').includes(','))
    throw new Error(
      'several addresses (Redis Cluster) are not supported yet in this version: name one Redis',
    );
  // Not `new URL` in a try: the error it throws carries the whole text.
  const url = URL.parse(text);
  if (url === null || url.hostname === '' || !/^rediss?:$/.test(url.protocol))
    throw new Error(`must look like ${SHAPE}; ${ENCODE}`);
  if (url.search !== '' || url.hash !== '')
    throw new Error(`must have nothing after the database, neither "?" nor "#"; ${ENCODE}`);
  const db = /^\/?(\d{0,5})$/.exec(url.pathname)?.[1];
  if (db === undefined)
    throw new Error(`must have the number of a database after the host, or nothing; ${ENCODE}`);
  if (url.username !== '' && url.password === '') throw new Error('names a user but no password');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    tls: url.protocol === 'rediss:',
    username: url.username === '' ? null : decode(url.username),
    password: url.password === '' ? null : new Secret(decode(url.password)),
    db: Number(db),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('has a "%" in its user or password that stands for itself: write it as %25');
  }
}
