import { toHostRule } from './allowed-hosts.ts';
import type { TokenServiceError } from './token-service-error.ts';

/**
 * How the caller authenticates at the token service: with a key, or an OIDC token of its workload identity.
 */
export type CallerAuth =
  | { readonly key: string }
  /** Called for each request to the token service, so the token can rotate. */
  | { readonly jwt: () => string | Promise<string> }
  /**
   * A file. It is read for each request to the token service, because Kubernetes replaces projected tokens in
   * place.
   */
  | { readonly jwtFile: string };

export interface TokenClientOptions {
  /** The address of the token service, such as `https://tokens.example`. */
  readonly url: string | URL;
  /** The name of the credential, such as `aem-dev`. */
  readonly credential: string;
  readonly auth: CallerAuth;
  /**
   * Milliseconds that a caller waits if there is no usable token, for all attempts together. Default: 10,000.
   */
  readonly timeoutMs?: number | undefined;
  /** Sends the requests to the token service and to AEM. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * Which requests `fetch` sends without a token. Default: those to a local AEM, at port 4502 or 4503 of this
   * machine.
   */
  readonly withoutToken?: ((url: URL) => boolean) | undefined;
  /**
   * The hosts to which `fetch` sends the token: exact names, or `*.example` for all names below `example`.
   * Default: `*.adobe.io`, `*.adobeaemcloud.com` and `*.adobe.com`. This machine is always allowed.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Whether `fetch` may send a token over plain HTTP to other machines. Default: false. */
  readonly allowHttp?: boolean | undefined;
  /** Called with each failure that no caller receives, such as one of a renewal in the background. */
  readonly onFailure?: ((failure: TokenServiceError) => void) | undefined;
}

/** The checked options, with defaults. */
export interface ClientSettings {
  readonly tokenUrl: URL;
  readonly auth: CallerAuth;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
  readonly withoutToken: (url: URL) => boolean;
  readonly isAllowedHost: (hostname: string) => boolean;
  readonly allowHttp: boolean;
  readonly onFailure: (failure: TokenServiceError) => void;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const KEY = /^[\x21-\x7e]+$/;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);

/** Whether the URL is of an AEM SDK on this machine, author or publish, which accepts no tokens. */
const isLocalAem = (url: URL): boolean =>
  url.protocol === 'http:' && isLoopback(url) && (url.port === '4502' || url.port === '4503');

/** Checks the options. @throws TypeError that names the option and the rule, never the value */
export function toSettings(options: TokenClientOptions): ClientSettings {
  const { credential, auth, timeoutMs = 10_000 } = options;
  if (!NAME.test(credential))
    throw new TypeError("credential must be a credential's name, such as aem-dev: 1 to 63 of a-z 0-9 . _ -");
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0)
    throw new TypeError('timeoutMs must be a number of milliseconds above 0');
  return {
    tokenUrl: new URL(`v1/tokens/${credential}`, toBase(options.url)),
    auth: toAuth(auth),
    timeoutMs,
    // Read for each call, because instrumentation may replace the global `fetch` later.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    withoutToken: options.withoutToken ?? isLocalAem,
    isAllowedHost: toHostRule(options.allowedHosts),
    allowHttp: options.allowHttp ?? false,
    onFailure: options.onFailure ?? (() => undefined),
  };
}

function toBase(given: string | URL): URL {
  const text = String(given);
  const must = 'url must be the address of the token service, such as https://tokens.example';
  if (!URL.canParse(text)) throw new TypeError(must);
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') throw new TypeError(must);
  if (url.username !== '' || url.password !== '')
    throw new TypeError('url must not contain a user or password; use auth');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function toAuth(auth: CallerAuth): CallerAuth {
  const given: { readonly key?: unknown; readonly jwt?: unknown; readonly jwtFile?: unknown } = auth;
  const { key, jwt, jwtFile } = given;
  if ([key, jwt, jwtFile].filter((option) => option !== undefined).length !== 1)
    throw new TypeError('auth must be one of { key }, { jwt } and { jwtFile }');
  if (key !== undefined && !(typeof key === 'string' && KEY.test(key)))
    throw new TypeError('auth.key must be one word of printable ASCII characters, without a line end');
  if (jwt !== undefined && typeof jwt !== 'function')
    throw new TypeError('auth.jwt must be a function that returns the token');
  if (jwtFile !== undefined && !(typeof jwtFile === 'string' && jwtFile !== ''))
    throw new TypeError('auth.jwtFile must be the path of a file');
  return auth;
}
