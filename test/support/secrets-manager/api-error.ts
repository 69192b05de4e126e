/** An error as Secrets Manager answers it: the code goes into `__type`, the message into `message`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Secrets Manager's words for a secret, or a version, that is not there. */
export const notFound = (what = 'secret'): ApiError =>
  new ApiError('ResourceNotFoundException', `Secrets Manager can't find the specified ${what}.`);

export const invalidParameter = (message: string): ApiError =>
  new ApiError('InvalidParameterException', message);

export const invalidRequest = (message: string): ApiError => new ApiError('InvalidRequestException', message);
