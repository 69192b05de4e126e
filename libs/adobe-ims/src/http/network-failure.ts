import { ExchangeFailure, errorCode, type Millis } from '#libs/tokens';

const EXPLANATIONS: readonly { readonly codes: RegExp; readonly problem: string; readonly remedy: string }[] =
  [
    {
      codes: /^(ENOTFOUND|EAI_)/,
      problem: 'DNS could not resolve its name',
      remedy: "check the credential's imsEndpoint for a misspelling, and the resolver of this service",
    },
    {
      codes: /^ECONNREFUSED$/,
      problem: 'the connection was refused',
      remedy: 'check the port in imsEndpoint, and outbound firewalls and proxies',
    },
    {
      codes: /^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH)/,
      problem: 'TLS could not be set up',
      remedy:
        "this service does not trust the server's certificate; if a proxy inspects TLS, set NODE_EXTRA_CA_CERTS to its " +
        'certificate authority',
    },
    {
      codes: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL)$/,
      problem: 'no connection came about',
      remedy:
        'check routes, egress rules and network policies towards it; if a proxy is needed, set HTTPS_PROXY',
    },
    {
      codes: /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
      problem: 'the connection was dropped before an answer came',
      remedy: 'check outbound proxies and firewalls',
    },
    {
      codes: /^UND_ERR_ABORTED$/,
      problem: 'the proxy did not open a tunnel',
      remedy: 'check that the proxy in HTTPS_PROXY allows this host, and its credentials',
    },
  ];

/**
 * IMS sent no response. The failure has no `cause`: the causes of a `fetch` error may contain bytes of the
 * request.
 */
export function networkFailure(error: unknown, origin: string): ExchangeFailure {
  const code = causeCode(error);
  const known = EXPLANATIONS.find(({ codes }) => codes.test(code));
  const problem = known?.problem ?? 'the connection failed';
  const remedy = known?.remedy ?? 'check the network between this service and Adobe';
  return new ExchangeFailure({
    code: 'ims_unreachable',
    diagnosis: `IMS at ${origin} could not be reached: ${problem} (${code}). The service tries again; meanwhile ${remedy}.`,
    retryable: true,
  });
}

/** The deadline of the exchange passed. */
export function timeoutFailure(deadline: Millis, origin: string): ExchangeFailure {
  return new ExchangeFailure({
    code: 'ims_timeout',
    diagnosis:
      `IMS at ${origin} gave no complete answer within the ${Math.ceil(deadline)} ms that an exchange may take. The ` +
      'service tries again; if this lasts, check status.adobe.com and the network between this service and Adobe.',
    retryable: true,
  });
}

/** `fetch` wraps the system's error in a TypeError, and a proxy's refusal in one more error. */
function causeCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown cause';
  const code = errorCode(error);
  if (code !== undefined && /^[A-Z0-9_]+$/.test(code)) return code;
  return error.cause instanceof Error ? causeCode(error.cause) : error.name;
}
