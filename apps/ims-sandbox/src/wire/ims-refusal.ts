/** The body of every IMS error, in the key order observed at IMS. */
export interface ImsErrorBody {
  readonly error_description?: string;
  readonly error: string;
}

/** One error response of IMS. */
export interface ImsRefusal {
  readonly status: number;
  readonly body: ImsErrorBody;
}

/** Thrown to answer a request with an error response of IMS. */
export class ImsRefusalError extends Error {
  readonly refusal: ImsRefusal;

  constructor(refusal: ImsRefusal) {
    super(refusal.body.error_description ?? refusal.body.error);
    this.name = 'ImsRefusalError';
    this.refusal = refusal;
  }
}

/** Builds a refusal. Without a description the field is absent, as at IMS. */
export function refusal(status: number, error: string, description?: string): ImsRefusal {
  return { status, body: description === undefined ? { error } : { error_description: description, error } };
}
