interface TokenServiceErrorDetails {
  readonly code: string;
  /** The HTTP status, where the service answered. */
  readonly status?: number;
  /** Seconds, where the service named them. */
  readonly retryAfter?: number | null;
  /** Asking again would not help, as long as nobody changes anything. */
  readonly isFinal?: boolean;
}

/**
 * Why there is no token. It holds no key and no token, and for that reason no `cause`: whatever stands between here and
 * the service may quote what it was sent.
 */
export class TokenServiceError extends Error {
  override readonly name = 'TokenServiceError';
  /** The service's own code (`forbidden`, `token_unavailable` …) or one of this library's; its README has them. */
  readonly code: string;
  /** The HTTP status of the service's answer; null where there was none. */
  readonly status: number | null;
  /** Seconds after which the service wants to be asked again; null where it named none. */
  readonly retryAfter: number | null;
  /** Asking again does not help: somebody has to change something first. */
  readonly isFinal: boolean;

  constructor(message: string, details: TokenServiceErrorDetails) {
    super(message);
    this.code = details.code;
    this.status = details.status ?? null;
    this.retryAfter = details.retryAfter ?? null;
    this.isFinal = details.isFinal ?? false;
  }
}
