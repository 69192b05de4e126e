import {
  BackOff,
  CertificateWatch,
  Clock,
  CredentialCatalog,
  CredentialSource,
  CurrentTokens,
  ExchangeBudget,
  Flights,
  ImsClient,
  PendingTrials,
  RefreshPlan,
  RefreshPolicy,
  RefreshTurns,
  ServePolicy,
  StoreMirror,
  SystemClock,
  TokenMint,
  TokenRefresher,
  TokenRenewal,
  TokenStore,
  TokenVendor,
  type TokenEventListener,
} from '#libs/tokens';
import type { Provider } from '@nestjs/common';

import type { ServiceConfig } from './service-config.ts';
import { TRACING, type Tracing } from './tracing/tracing.ts';

/** Injection token of what hears every TokenEvent. */
export const EVENTS = Symbol('token events');

/** The use cases both sides stand on: this process's tokens, how they are vended, how they follow the store. */
export function sharedProviders(config: ServiceConfig): Provider[] {
  return [
    { provide: Clock, useClass: SystemClock },
    { provide: ServePolicy, useFactory: () => new ServePolicy(config.MIN_SERVE_SECONDS) },
    { provide: RefreshPolicy, useFactory: () => new RefreshPolicy(config.REFRESH_AT) },
    { provide: CurrentTokens, useFactory: (clock: Clock) => new CurrentTokens(clock), inject: [Clock] },
    {
      provide: TokenVendor,
      useFactory: (tokens: CurrentTokens, clock: Clock, serve: ServePolicy, refresh: RefreshPolicy) =>
        new TokenVendor({ tokens, clock, serve, refresh }),
      inject: [CurrentTokens, Clock, ServePolicy, RefreshPolicy],
    },
    {
      provide: StoreMirror,
      useFactory: (store: TokenStore, tokens: CurrentTokens, listener: TokenEventListener) =>
        new StoreMirror(store, tokens, listener),
      inject: [TokenStore, CurrentTokens, EVENTS],
    },
  ];
}

/** The use cases of the side that holds keys: what there is, what is due, how it is renewed. */
export const refreshingUseCases: Provider[] = [
  {
    provide: CredentialCatalog,
    useFactory: (source: CredentialSource, listener: TokenEventListener) =>
      new CredentialCatalog(source, listener),
    inject: [CredentialSource, EVENTS],
  },
  {
    provide: RefreshPlan,
    useFactory: (
      catalog: CredentialCatalog,
      tokens: CurrentTokens,
      vendor: TokenVendor,
      mirror: StoreMirror,
      clock: Clock,
      policy: RefreshPolicy,
    ) =>
      new RefreshPlan({ catalog, tokens, vendor, mirror, clock, policy, backOff: new BackOff(Math.random) }),
    inject: [CredentialCatalog, CurrentTokens, TokenVendor, StoreMirror, Clock, RefreshPolicy],
  },
  {
    provide: TokenRefresher,
    useFactory: (
      catalog: CredentialCatalog,
      plan: RefreshPlan,
      tokens: CurrentTokens,
      mirror: StoreMirror,
      turns: RefreshTurns,
      renewal: TokenRenewal,
      flights: Flights,
      clock: Clock,
      listener: TokenEventListener,
    ) => new TokenRefresher({ catalog, plan, tokens, mirror, turns, renewal, flights, clock, listener }),
    inject: [
      CredentialCatalog,
      RefreshPlan,
      CurrentTokens,
      StoreMirror,
      RefreshTurns,
      TokenRenewal,
      Flights,
      Clock,
      EVENTS,
    ],
  },
  { provide: Flights, useFactory: () => new Flights() },
  {
    provide: TokenRenewal,
    useFactory: (
      catalog: CredentialCatalog,
      plan: RefreshPlan,
      tokens: CurrentTokens,
      mirror: StoreMirror,
      mint: TokenMint,
      turns: RefreshTurns,
      clock: Clock,
      listener: TokenEventListener,
    ) => new TokenRenewal({ catalog, plan, tokens, mirror, mint, turns, clock, listener }),
    inject: [
      CredentialCatalog,
      RefreshPlan,
      CurrentTokens,
      StoreMirror,
      TokenMint,
      RefreshTurns,
      Clock,
      EVENTS,
    ],
  },
  {
    provide: RefreshTurns,
    useFactory: (mirror: StoreMirror, clock: Clock, tracing: Tracing) =>
      tracing.turns(new RefreshTurns({ mirror, budget: new ExchangeBudget(clock), clock })),
    inject: [StoreMirror, Clock, TRACING],
  },
  {
    provide: TokenMint,
    useFactory: (ims: ImsClient, source: CredentialSource, clock: Clock) =>
      new TokenMint({ ims, source, clock }),
    inject: [ImsClient, CredentialSource, Clock],
  },
  {
    provide: PendingTrials,
    useFactory: (
      catalog: CredentialCatalog,
      source: CredentialSource,
      mint: TokenMint,
      tokens: CurrentTokens,
      mirror: StoreMirror,
      clock: Clock,
      listener: TokenEventListener,
    ) =>
      new PendingTrials({
        catalog,
        source,
        mint,
        tokens,
        mirror,
        clock,
        backOff: new BackOff(Math.random),
        listener,
      }),
    inject: [CredentialCatalog, CredentialSource, TokenMint, CurrentTokens, StoreMirror, Clock, EVENTS],
  },
  {
    provide: CertificateWatch,
    useFactory: (
      catalog: CredentialCatalog,
      mirror: StoreMirror,
      clock: Clock,
      listener: TokenEventListener,
    ) => new CertificateWatch({ catalog, mirror, clock, listener }),
    inject: [CredentialCatalog, StoreMirror, Clock, EVENTS],
  },
];
