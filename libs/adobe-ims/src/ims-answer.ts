import type { Instant, Millis } from '#libs/tokens';

import type { Grant } from './grant.ts';
import type { Quote } from './redact.ts';

/** One POST to IMS. */
export interface ImsRequest {
  readonly origin: string;
  readonly path: string;
  readonly grant: Grant;
  readonly form: Readonly<Record<string, string>>;
  /** The values of the form that must never come back in an error, whatever IMS answers. */
  readonly secrets: readonly string[];
  /** Whether success may come without a body. */
  readonly mayAnswerNothing?: boolean;
}

/** What IMS's headers say beside the answer. */
export interface ImsHeaders {
  /** IMS's clock minus ours; null where it sent no `Date`. */
  readonly clockSkew: Millis | null;
  readonly retryAfter: Millis | undefined;
  /** `x-debug-id`, fit to be printed. */
  readonly debugId: string | undefined;
}

/** IMS spoke: a token or a refusal, as parsed JSON. Everything else never becomes an answer but an ExchangeFailure. */
export interface ImsAnswer extends ImsHeaders {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
  /** When the request was sent: before IMS could have minted anything. */
  readonly askedAt: Instant;
  readonly answeredAt: Instant;
  /** Makes IMS's own words fit for a diagnosis. */
  readonly quote: Quote;
}

/** Puts a question to IMS within the deadline of the whole exchange. */
export type AskIms = (request: ImsRequest) => Promise<ImsAnswer>;
