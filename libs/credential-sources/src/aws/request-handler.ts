import { Agent } from 'node:https';

import { environmentProxy } from '../proxy/environment-proxy.ts';

/** The SDK's own limit of connections to one host. */
const MAX_SOCKETS = 50;

/** In milliseconds. The SDK has none by default. */
export interface RequestTimeouts {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly socketTimeout: number;
}

/**
 * The options of the SDK's HTTP handler, for Secrets Manager and for the calls that fetch AWS credentials.
 * The SDK ignores HTTPS_PROXY; its agent gets the proxy here.
 */
export function requestHandlerOptions(timeouts: RequestTimeouts) {
  const proxy = environmentProxy(process.env);
  const proxied = proxy === null ? {} : { proxyEnv: { ...proxy } };
  return {
    ...timeouts,
    throwOnRequestTimeout: true,
    httpsAgent: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...proxied }),
  };
}
