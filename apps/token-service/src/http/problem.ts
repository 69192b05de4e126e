import type { Seconds } from '#libs/tokens';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** Every problem an answer can name, with its HTTP status. `docs/errors.md` explains each. */
export const PROBLEMS = {
  unauthenticated: { status: 401, title: 'Who is asking?' },
  invalid_request: { status: 400, title: 'The request can not be understood' },
  forbidden: { status: 403, title: 'This caller may not do that' },
  credential_not_found: { status: 404, title: 'No such credential' },
  conflict: { status: 409, title: 'That can not be done with this credential' },
  rate_limited: { status: 429, title: 'Too many requests' },
  budget_exhausted: { status: 429, title: 'No more exchanges for now' },
  route_not_found: { status: 404, title: 'No such route' },
  starting: { status: 503, title: 'The service is starting' },
  token_unavailable: { status: 503, title: 'No token yet' },
  token_expired: { status: 503, title: 'The token has run out' },
  min_ttl_unavailable: { status: 503, title: 'No token with that much life left' },
  revocation_failed: { status: 503, title: 'The token was not revoked' },
  internal_error: { status: 500, title: 'The service failed' },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

const PROBLEM_TYPE = 'application/problem+json';

interface ProblemOptions {
  readonly retryAfter?: Seconds;
  /** Where the transport has a more exact status than the code's own: 413, 431 … */
  readonly status?: number;
}

/** A refusal on its way to the caller, as RFC 9457 problem details. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly retryAfter: Seconds | null;

  /** @param detail what is wrong with this very request and what to do, free of secrets */
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.code = code;
    this.status = options.status ?? PROBLEMS[code].status;
    this.retryAfter = options.retryAfter ?? null;
  }

  /** The body of the answer. */
  toBody(): string {
    const { code, status, message: detail } = this;
    return JSON.stringify({
      type: `urn:ims-token-service:${code}`,
      title: PROBLEMS[code].title,
      status,
      detail,
      code,
    });
  }

  /** The headers of the answer, besides the body's own. */
  toHeaders(): Record<string, string> {
    return {
      'content-type': PROBLEM_TYPE,
      'cache-control': 'no-store',
      ...(this.retryAfter === null ? {} : { 'retry-after': String(this.retryAfter) }),
      ...(this.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="ims-token-service"' } : {}),
    };
  }
}
