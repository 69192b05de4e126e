import type { Seconds } from '#libs/tokens';

/** The errors of the token endpoint (RFC 6749 §5.2; §4.1.2.1 for the last two), each with its HTTP status. */
export const OAUTH_ERRORS = {
  invalid_request: 400,
  invalid_client: 401,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  temporarily_unavailable: 503,
  server_error: 500,
} as const;

export type OAuthErrorCode = keyof typeof OAUTH_ERRORS;

interface OAuthErrorOptions {
  /** The outcome for metrics and audit, where it tells more than the client may learn. */
  readonly outcome?: string;
  readonly retryAfter?: Seconds;
  /** A more exact HTTP status than that of the code: 405, 413, 429. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error response of the token endpoint. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly outcome: string;
  readonly #headers: Readonly<Record<string, string>>;

  /**
   * @param description the error and the remedy; without secrets, and without quotes and backslashes (RFC
   * 6749 §5.2)
   */
  constructor(code: OAuthErrorCode, description: string, options: OAuthErrorOptions = {}) {
    super(description);
    this.code = code;
    this.status = options.status ?? OAUTH_ERRORS[code];
    this.outcome = options.outcome ?? code;
    const { retryAfter } = options;
    this.#headers = {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...options.headers,
    };
  }

  toBody(): string {
    return JSON.stringify({ error: this.code, error_description: this.message });
  }

  /** The headers besides those of every response of the endpoint. */
  toHeaders(): Readonly<Record<string, string>> {
    return this.#headers;
  }
}
