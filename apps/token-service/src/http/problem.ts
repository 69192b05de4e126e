import type { Seconds } from '#libs/tokens';

import { ALL_CHALLENGES } from './challenges.ts';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** Every problem of a response, with its HTTP status. `docs/errors.md` explains each. */
export const PROBLEMS = {
  unauthenticated: { status: 401, title: 'The caller is not authenticated' },
  invalid_request: { status: 400, title: 'The request cannot be understood' },
  forbidden: { status: 403, title: 'This caller may not do that' },
  credential_not_found: { status: 404, title: 'No such credential' },
  conflict: { status: 409, title: 'This credential does not allow that' },
  rate_limited: { status: 429, title: 'Too many requests' },
  budget_exhausted: { status: 429, title: 'No more exchanges for now' },
  route_not_found: { status: 404, title: 'No such route' },
  starting: { status: 503, title: 'The service is starting' },
  callers_outdated: { status: 503, title: 'Callers cannot be authenticated now' },
  token_unavailable: { status: 503, title: 'No token yet' },
  token_expired: { status: 503, title: 'The token has expired' },
  min_ttl_unavailable: { status: 503, title: 'No token with that much lifetime left' },
  revocation_failed: { status: 503, title: 'The token was not revoked' },
  audit_unavailable: { status: 503, title: 'No record can be written' },
  internal_error: { status: 500, title: 'The service failed' },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

const PROBLEM_TYPE = 'application/problem+json';

interface ProblemOptions {
  readonly retryAfter?: Seconds;
  /** A more exact HTTP status than that of the code: 408, 413, 431. */
  readonly status?: number;
  /** Further members of the body (RFC 9457 §3.2). */
  readonly members?: Readonly<Record<string, string>>;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The challenges of a 401, one for each header line. Default: every scheme of the service. */
  readonly challenges?: readonly string[];
}

/** An error response to the caller, as problem details (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly retryAfter: Seconds | null;
  readonly #members: Readonly<Record<string, string>>;
  /** Headers besides those of every problem. */
  readonly headers: Readonly<Record<string, string>>;
  readonly #challenges: readonly string[];

  /** @param detail what is wrong with this request, and the remedy; without secrets */
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.code = code;
    this.status = options.status ?? PROBLEMS[code].status;
    this.retryAfter = options.retryAfter ?? null;
    this.#members = options.members ?? {};
    this.headers = options.headers ?? {};
    this.#challenges = options.challenges ?? ALL_CHALLENGES;
  }

  toBody(): string {
    const { code, status, message: detail } = this;
    return JSON.stringify({
      type: `urn:ims-token-service:${code}`,
      title: PROBLEMS[code].title,
      status,
      detail,
      code,
      ...this.#members,
    });
  }

  toHeaders(): Record<string, string | string[]> {
    return {
      'content-type': PROBLEM_TYPE,
      'cache-control': 'no-store',
      ...this.headers,
      ...(this.retryAfter === null ? {} : { 'retry-after': String(this.retryAfter) }),
      // RFC 9110 §15.5.2: every 401 has a challenge.
      ...(this.status === 401 ? { 'www-authenticate': [...this.#challenges] } : {}),
    };
  }
}
