import { TokenServiceError } from './token-service-error.ts';

/** Statuses below 500 after which a retry may succeed. */
const TRANSIENT = new Set([408, 425, 429]);

/**
 * The error for a response without a token, with the service's own code and detail if it has them.
 * @param body must not contain the caller's key
 */
export function errorResponse(status: number, retryAfter: number | null, body: string): TokenServiceError {
  const problem = readProblem(body);
  const message =
    problem === null
      ? `HTTP ${status}, but the response is not from a token service. Is url its address, without a proxy that answers?`
      : `${problem.detail} (HTTP ${status})`;
  return new TokenServiceError(message, {
    code: problem?.code ?? 'answer_unreadable',
    status,
    retryAfter,
    isFinal: status < 500 && !TRANSIENT.has(status),
  });
}

/**
 * The error for a request without a response. It has only the system's code, because the message of `fetch`
 * may quote the request.
 */
export function unreachable({ origin }: URL, error: unknown): TokenServiceError {
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
  return new TokenServiceError(`${origin} did not answer (${reason}).`, { code: 'service_unreachable' });
}

/** The error for a successful response without a token. */
export const unreadable = (): TokenServiceError =>
  new TokenServiceError('The response has no token. Is url the address of the token service?', {
    code: 'answer_unreadable',
  });

function readProblem(body: string): { readonly code: string; readonly detail: string } | null {
  try {
    const { code, detail } = JSON.parse(body) as Record<string, unknown>;
    const isProblem = typeof code === 'string' && /^\w{1,64}$/.test(code) && typeof detail === 'string';
    return isProblem ? { code, detail: detail.slice(0, 500) } : null;
  } catch {
    return null;
  }
}
