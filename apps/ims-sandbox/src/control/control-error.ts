/** Thrown for an invalid request to `/sandbox/*`. The message names the field and the remedy. */
export class ControlError extends Error {
  readonly status: 400 | 404 | 409;
  readonly code: 'invalid_request' | 'not_found' | 'conflict';

  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
    this.code = status === 400 ? 'invalid_request' : status === 404 ? 'not_found' : 'conflict';
  }
}
