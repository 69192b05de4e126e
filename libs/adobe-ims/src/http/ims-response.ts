import type { Instant, Millis } from '#libs/tokens';

import type { GrantKind } from '../grants/grant.ts';
import type { Redact } from './redact.ts';

/** One POST to IMS. */
export interface ImsRequest {
  readonly origin: string;
  readonly path: string;
  readonly grant: GrantKind;
  readonly form: Readonly<Record<string, string>>;
  /** The values of the form that no error may contain. */
  readonly secrets: readonly string[];
  /** Whether a success may have an empty body. */
  readonly allowsEmptyBody?: boolean;
}

/** The response headers that the service uses. */
export interface ImsHeaders {
  /** IMS's clock minus this machine's; null without a `Date` header. */
  readonly clockSkew: Millis | null;
  readonly retryAfter: Millis | undefined;
  /** `x-debug-id`, redacted. */
  readonly debugId: string | undefined;
}

/** A token or a refusal, as parsed JSON. Every other response becomes an ExchangeFailure. */
export interface ImsResponse extends ImsHeaders {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
  /** When the request was sent. IMS cannot have minted the token earlier. */
  readonly sentAt: Instant;
  readonly receivedAt: Instant;
  /** Redacts IMS's own words for a diagnosis. */
  readonly redact: Redact;
}

/**
 * Sends one request to IMS within the deadline of the whole exchange.
 * @throws ExchangeFailure for every response but a token or a refusal
 */
export type SendToIms = (request: ImsRequest) => Promise<ImsResponse>;
