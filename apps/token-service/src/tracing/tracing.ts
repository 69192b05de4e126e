import type {
  CredentialSource,
  CurrentTokens,
  ImsClient,
  TokenEvent,
  TokenRenewal,
  TokenStore,
} from '#libs/tokens';
import type { FastifyInstance } from 'fastify';

import { tokenFor } from '../injection/typed-token.ts';

/** The service's traces. */
export const TRACING = tokenFor<Tracing>('tracing');

/** Wraps ports and use cases, so that their work appears in traces. */
export interface Tracing {
  store(store: TokenStore): TokenStore;
  source(source: CredentialSource): CredentialSource;
  ims(ims: ImsClient): ImsClient;
  renewal(renewal: TokenRenewal): TokenRenewal;
  /** Adds an event to the active span. */
  record(event: TokenEvent): void;
  /** Starts a span for each request for a token, and for each report and revocation. */
  requests(fastify: FastifyInstance, tokens: CurrentTokens): void;
  /** Exports the remaining spans, within 3 seconds. */
  close(): Promise<void>;
}

/** Tracing that is off: it wraps nothing. */
export const UNTRACED: Tracing = {
  store: (store) => store,
  source: (source) => source,
  ims: (ims) => ims,
  renewal: (renewal) => renewal,
  record: () => {},
  requests: () => {},
  close: async () => {},
};
