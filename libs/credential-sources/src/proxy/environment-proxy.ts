import { setGlobalProxyFromEnv } from 'node:http';

/** The proxy for outgoing HTTPS, and the hosts that it is not used for. */
interface EnvironmentProxy {
  readonly https_proxy: string;
  readonly no_proxy?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Checks a value of `HTTPS_PROXY`.
 * @throws Error that does not quote the value, which may hold a password
 */
export function parseProxyUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '' || url.pathname !== '/') {
    throw new Error('must be the URL of a proxy: http://HOST:PORT or http://USER:PASSWORD@HOST:PORT');
  }
  return url;
}

/** Reads `HTTPS_PROXY` and `NO_PROXY` as Node and curl do: lower case goes first. Null without a proxy. */
export function environmentProxy(env: Environment): EnvironmentProxy | null {
  const proxy = env['https_proxy'] || env['HTTPS_PROXY'];
  const exceptions = env['no_proxy'] || env['NO_PROXY'];
  if (!proxy) return null;
  return { https_proxy: proxy, ...(exceptions ? { no_proxy: exceptions } : {}) };
}

/**
 * Sends every `fetch` and every request of Node's global agent over HTTPS through the proxy of the
 * environment, with or without NODE_USE_ENV_PROXY. Plain HTTP, as to the metadata service of AWS,
 * stays direct.
 */
export function useEnvironmentProxy(env: Environment): void {
  const proxy = environmentProxy(env);
  if (proxy !== null) setGlobalProxyFromEnv({ ...proxy });
}
