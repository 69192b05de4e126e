interface TokenServiceErrorDetails {
  readonly code: string;
  /** The HTTP status, if there is a response. */
  readonly status?: number;
  /** Seconds, if the response has them. */
  readonly retryAfter?: number | null;
  /** Whether a retry cannot succeed until the caller or an operator changes something. */
  readonly isFinal?: boolean;
}

/**
 * Why there is no token. It contains no key and no token. It has no `cause`, because proxies and `fetch` may
 * quote the request.
 */
export class TokenServiceError extends Error {
  override readonly name = 'TokenServiceError';
  /**
   * The service's code (`forbidden`, `token_unavailable` …) or one of this library. The README lists them.
   */
  readonly code: string;
  /** The HTTP status of the response, or `null` without a response. */
  readonly status: number | null;
  /** Seconds to wait before a retry, from `Retry-After`, or `null`. */
  readonly retryAfter: number | null;
  /** Whether a retry cannot succeed until the caller or an operator changes something. */
  readonly isFinal: boolean;

  constructor(message: string, details: TokenServiceErrorDetails) {
    super(message);
    this.code = details.code;
    this.status = details.status ?? null;
    this.retryAfter = details.retryAfter ?? null;
    this.isFinal = details.isFinal ?? false;
  }
}
