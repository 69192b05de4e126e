/** The body of every IMS error; observed in this key order. */
export interface ImsErrorBody {
  readonly error_description?: string;
  readonly error: string;
}

/** One way IMS says no: the status and the body, verbatim. */
export interface ImsRefusal {
  readonly status: number;
  readonly body: ImsErrorBody;
}

/** Carries a refusal out of a check to the answer. */
export class ImsRefusalError extends Error {
  readonly refusal: ImsRefusal;

  constructor(refusal: ImsRefusal) {
    super(refusal.body.error_description ?? refusal.body.error);
    this.name = 'ImsRefusalError';
    this.refusal = refusal;
  }
}

/** A refusal with its description; without one IMS leaves the field out. */
export function refusal(status: number, error: string, description?: string): ImsRefusal {
  return { status, body: description === undefined ? { error } : { error_description: description, error } };
}
