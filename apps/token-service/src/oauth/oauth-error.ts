import type { Seconds } from '#libs/tokens';

/** Every error the token endpoint answers with, and its HTTP status: RFC 6749 §5.2, and §4.1.2.1 for trouble of the service's own. */
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
  /** What is counted and audited, where that says more than the client may learn. */
  readonly outcome?: string;
  readonly retryAfter?: Seconds;
  /** Where the transport has a more exact status than the error's own: 405, 413, 429. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal of the token endpoint on its way to an OAuth client. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  readonly status: number;
  readonly outcome: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param description what is wrong and what to do, free of secrets, quotes and backslashes (RFC 6749 §5.2 has no place for them) */
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

  /** The headers of the answer, besides those that all answers of the endpoint have. */
  toHeaders(): Readonly<Record<string, string>> {
    return this.#headers;
  }
}
