/** The body Adobe's API gateway answers with (aio-cli#812). */
interface GatewayErrorBody {
  readonly title: string;
  readonly status: number;
  readonly error_code: number;
  readonly message: string;
}

/** Verbatim (aio-cli#812), for a token that is expired, taken back or none of ours. */
export const INVALID_TOKEN: GatewayErrorBody = {
  title: 'ErrInvalidOauthToken',
  status: 401,
  error_code: 401_013,
  message: 'Oauth token is not valid',
};

/** After the pattern of the other; its title is not published. */
export const MISSING_TOKEN: GatewayErrorBody = {
  title: 'ErrMissingOauthToken',
  status: 401,
  error_code: 401_010,
  message: 'Oauth token is missing',
};

/** Carries the gateway's refusal to the answer. */
export class GatewayRefusalError extends Error {
  readonly body: GatewayErrorBody;

  constructor(body: GatewayErrorBody) {
    super(body.message);
    this.name = 'GatewayRefusalError';
    this.body = body;
  }
}
