import { ExchangeFailure, type Millis } from '#libs/tokens';

const WHAT_TO_DO: readonly { readonly codes: RegExp; readonly problem: string; readonly remedy: string }[] = [
  {
    codes: /^(ENOTFOUND|EAI_)/,
    problem: 'DNS could not resolve its name',
    remedy: "check the credential's imsEndpoint for a misspelling, and the resolver this service uses",
  },
  {
    codes: /^ECONNREFUSED$/,
    problem: 'the connection was refused',
    remedy: 'check the port in imsEndpoint, and firewalls and proxies on the way out',
  },
  {
    codes: /^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH)/,
    problem: 'TLS could not be set up',
    remedy:
      'its certificate is not trusted here; where a proxy inspects TLS, give its certificate authority in NODE_EXTRA_CA_CERTS',
  },
  {
    codes: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL)$/,
    problem: 'no connection came about',
    remedy:
      'check routes, egress rules and network policies towards it; where a proxy is needed, set HTTPS_PROXY and NODE_USE_ENV_PROXY=1',
  },
  {
    codes: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    problem: 'the connection was dropped before an answer came',
    remedy: 'look at proxies and firewalls on the way out',
  },
  {
    codes: /^UND_ERR_ABORTED$/,
    problem: 'the proxy did not open a tunnel',
    remedy: 'check that the proxy in HTTPS_PROXY allows this host, and its credentials',
  },
];

/** No answer came from IMS. The error of `fetch` itself goes no further: its causes may hold bytes from the wire. */
export function networkFailure(error: unknown, origin: string): ExchangeFailure {
  const code = causeCode(error);
  const known = WHAT_TO_DO.find(({ codes }) => codes.test(code));
  const problem = known?.problem ?? 'the connection failed';
  const remedy = known?.remedy ?? 'check the network between this service and Adobe';
  return new ExchangeFailure({
    code: 'ims_unreachable',
    diagnosis: `IMS at ${origin} could not be reached: ${problem} (${code}). It will be tried again; meanwhile ${remedy}.`,
    retryable: true,
  });
}

/** The deadline of the exchange passed. */
export function timeoutFailure(deadline: Millis, origin: string): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_timeout',
    diagnosis:
      `IMS at ${origin} gave no complete answer within the ${Math.ceil(deadline)} ms an exchange may take. ` +
      'It will be tried again; if this lasts, look at status.adobe.com and at the network between this service and Adobe.',
    retryable: true,
  });
}

/** `fetch` wraps the system's error in a TypeError, and a proxy's refusal in one layer more. */
function causeCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown cause';
  if ('code' in error && typeof error.code === 'string' && /^[A-Z0-9_]+$/.test(error.code)) return error.code;
  return error.cause instanceof Error ? causeCode(error.cause) : error.name;
}
