import {
  BackOff,
  CertificateWatch,
  Clock,
  CredentialCatalog,
  CredentialSource,
  CurrentTokens,
  StandaloneBudget,
  InFlightRefreshes,
  ImsClient,
  PendingTrials,
  RefreshPlan,
  RefreshPolicy,
  ExchangeLease,
  StoreSync,
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
      sync: StoreSync,
      clock: Clock,
      policy: RefreshPolicy,
    ) => new RefreshPlan({ catalog, tokens, vendor, sync, clock, policy, backOff: new BackOff(Math.random) }),
    inject: [CredentialCatalog, CurrentTokens, TokenVendor, StoreSync, Clock, RefreshPolicy],
  },
  {
    provide: TokenRefresher,
    useFactory: (
      catalog: CredentialCatalog,
      plan: RefreshPlan,
      tokens: CurrentTokens,
      sync: StoreSync,
      exchangeLease: ExchangeLease,
      renewal: TokenRenewal,
      inFlight: InFlightRefreshes,
      clock: Clock,
      listener: TokenEventListener,
    ) =>
      new TokenRefresher({ catalog, plan, tokens, sync, exchangeLease, renewal, inFlight, clock, listener }),
    inject: [
      CredentialCatalog,
      RefreshPlan,
      CurrentTokens,
      StoreSync,
      ExchangeLease,
      TokenRenewal,
      InFlightRefreshes,
      Clock,
      EVENTS,
    ],
  },
  { provide: InFlightRefreshes, useFactory: () => new InFlightRefreshes() },
  {
    provide: TokenRenewal,
    useFactory: (
      catalog: CredentialCatalog,
      plan: RefreshPlan,
      tokens: CurrentTokens,
      sync: StoreSync,
      mint: TokenMint,
      exchangeLease: ExchangeLease,
      clock: Clock,
      listener: TokenEventListener,
    ) => new TokenRenewal({ catalog, plan, tokens, sync, mint, exchangeLease, clock, listener }),
    inject: [
      CredentialCatalog,
      RefreshPlan,
      CurrentTokens,
      StoreSync,
      TokenMint,
      ExchangeLease,
      Clock,
      EVENTS,
    ],
  },
  {
    provide: ExchangeLease,
    useFactory: (sync: StoreSync, clock: Clock, tracing: Tracing) =>
      tracing.exchangeLease(new ExchangeLease({ sync, budget: new StandaloneBudget(clock), clock })),
    inject: [StoreSync, Clock, TRACING],
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
      sync: StoreSync,
      clock: Clock,
      listener: TokenEventListener,
    ) =>
      new PendingTrials({
        catalog,
        source,
        mint,
        tokens,
        sync,
        clock,
        backOff: new BackOff(Math.random),
        listener,
      }),
    inject: [CredentialCatalog, CredentialSource, TokenMint, CurrentTokens, StoreSync, Clock, EVENTS],
  },
  {
    provide: CertificateWatch,
    useFactory: (catalog: CredentialCatalog, sync: StoreSync, clock: Clock, listener: TokenEventListener) =>
      new CertificateWatch({ catalog, sync, clock, listener }),
    inject: [CredentialCatalog, StoreSync, Clock, EVENTS],
  },
];
