import type {
  CredentialSource,
  CurrentTokens,
  ImsClient,
  TokenEvent,
  TokenRenewal,
  TokenStore,
} from '#libs/tokens';
import type { FastifyInstance } from 'fastify';

/** Injection token of what watches over the work. */
export const TRACING = Symbol('tracing');

/** What the composition root puts around the parts whose work is to be seen in traces. */
export interface Tracing {
  store(store: TokenStore): TokenStore;
  source(source: CredentialSource): CredentialSource;
  ims(ims: ImsClient): ImsClient;
  renewal(renewal: TokenRenewal): TokenRenewal;
  /** Tells the work under way what came of it. */
  record(event: TokenEvent): void;
  /** Follows every request for, or about, a token; to be called before routes are registered. */
  requests(fastify: FastifyInstance, tokens: CurrentTokens): void;
  /** Sends what was not sent yet, for as long as is bearable at the end of a process. */
  close(): Promise<void>;
}

/** No tracing: everything stays as it is. */
export const UNTRACED: Tracing = {
  store: (store) => store,
  source: (source) => source,
  ims: (ims) => ims,
  renewal: (renewal) => renewal,
  record: () => {},
  requests: () => {},
  close: async () => {},
};
