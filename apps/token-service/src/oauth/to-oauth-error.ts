import { Problem } from '../http/problem.ts';
import { OAuthError } from './oauth-error.ts';

/**
 * Turns any error into an OAuth error. Of an unexpected error, the client learns only that the request
 * failed.
 */
export function toOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  if (error instanceof Problem) {
    const { status, message, headers, code, retryAfter } = error;
    if (status === 503) {
      const wait = retryAfter === null ? {} : { retryAfter };
      return new OAuthError('temporarily_unavailable', message, { outcome: code, headers, ...wait });
    }
    return new OAuthError(status < 500 ? 'invalid_request' : 'server_error', message, { status, headers });
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 413) {
    return new OAuthError('invalid_request', 'The body is larger than this service reads (8 KiB).', {
      status,
    });
  }
  if (status >= 400 && status < 500) {
    return new OAuthError('invalid_request', 'The request cannot be understood.', { status });
  }
  return new OAuthError('server_error', 'The service failed at this request; its log has the details.', {
    outcome: 'internal_error',
  });
}
