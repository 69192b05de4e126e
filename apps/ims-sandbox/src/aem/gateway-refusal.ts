/** The error body of Adobe's API gateway (aio-cli#812). */
interface GatewayErrorBody {
  readonly title: string;
  readonly status: number;
  readonly error_code: number;
  readonly message: string;
}

/** For a token that is expired, revoked or not of this IMS. Verbatim (aio-cli#812). */
export const INVALID_TOKEN: GatewayErrorBody = {
  title: 'ErrInvalidOauthToken',
  status: 401,
  error_code: 401_013,
  message: 'Oauth token is not valid',
};

/** For a request without a token. Follows `INVALID_TOKEN`, because Adobe does not publish its title. */
export const MISSING_TOKEN: GatewayErrorBody = {
  title: 'ErrMissingOauthToken',
  status: 401,
  error_code: 401_010,
  message: 'Oauth token is missing',
};

/** Thrown to answer a request as Adobe's API gateway does. */
export class GatewayRefusalError extends Error {
  readonly body: GatewayErrorBody;

  constructor(body: GatewayErrorBody) {
    super(body.message);
    this.name = 'GatewayRefusalError';
    this.body = body;
  }
}
