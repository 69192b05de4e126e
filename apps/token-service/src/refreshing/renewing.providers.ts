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
  StoreMirror,
  TokenMint,
  TokenRefresher,
  TokenRenewal,
  TokenVendor,
  type TokenEventListener,
} from '#libs/tokens';
import type { Provider } from '@nestjs/common';

import { EVENTS } from '../store/store.providers.ts';
import { TRACING, type Tracing } from '../tracing/tracing.ts';

/** The use cases of the side that holds keys: what there is, what is due, how it is renewed. */
export const renewingUseCases: Provider[] = [
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
