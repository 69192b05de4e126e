import { TokenServiceError } from './token-service-error.ts';

/** Statuses below 500 that pass by themselves: 408, 425, 429. */
const PASSING = new Set([408, 425, 429]);

/** An answer that is no token, in the service's own words where it has any. @param body free of the caller's key */
export function refusal(status: number, retryAfter: number | null, body: string): TokenServiceError {
  const problem = readProblem(body);
  const message =
    problem === null
      ? `HTTP ${status}, but not in the words of a token service. Is url its address, with nothing in between?`
      : `${problem.detail} (HTTP ${status})`;
  return new TokenServiceError(message, {
    code: problem?.code ?? 'answer_unreadable',
    status,
    retryAfter,
    isFinal: status < 500 && !PASSING.has(status),
  });
}

/** No answer. Of the reason only the system's code is told: `fetch` may quote the request in its own words. */
export function unreachable({ origin }: URL, error: unknown): TokenServiceError {
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
  return new TokenServiceError(`${origin} gave no answer (${reason}).`, { code: 'service_unreachable' });
}

/** A good answer that holds no token. */
export const unreadable = (): TokenServiceError =>
  new TokenServiceError('The answer holds no token. Is url the address of the token service?', {
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
