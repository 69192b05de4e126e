import {
  CallerExchangeBudget,
  Clock,
  CredentialCatalog,
  CurrentTokens,
  InFlightRefreshes,
  ImsClient,
  RefreshPlan,
  StoreSync,
  TokenRenewal,
  TokenReplacement,
  TokenRevocation,
  type TokenEventListener,
} from '#libs/tokens';
import type { Provider } from '@nestjs/common';

import { EVENTS } from '../store/store.providers.ts';

/** The use cases of the side that holds keys that act on a caller's word: reports and revocations, and what they may cost. */
export const callersWordUseCases: Provider[] = [
  {
    provide: CallerExchangeBudget,
    useFactory: (sync: StoreSync, clock: Clock) => new CallerExchangeBudget({ sync, clock }),
    inject: [StoreSync, Clock],
  },
  {
    provide: TokenReplacement,
    useFactory: (
      catalog: CredentialCatalog,
      plan: RefreshPlan,
      tokens: CurrentTokens,
      sync: StoreSync,
      inFlight: InFlightRefreshes,
      renewal: TokenRenewal,
      budget: CallerExchangeBudget,
      clock: Clock,
      listener: TokenEventListener,
    ) => new TokenReplacement({ catalog, plan, tokens, sync, inFlight, renewal, budget, clock, listener }),
    inject: [
      CredentialCatalog,
      RefreshPlan,
      CurrentTokens,
      StoreSync,
      InFlightRefreshes,
      TokenRenewal,
      CallerExchangeBudget,
      Clock,
      EVENTS,
    ],
  },
  {
    provide: TokenRevocation,
    useFactory: (
      catalog: CredentialCatalog,
      tokens: CurrentTokens,
      sync: StoreSync,
      replacement: TokenReplacement,
      ims: ImsClient,
      listener: TokenEventListener,
    ) => new TokenRevocation({ catalog, tokens, sync, replacement, ims, listener }),
    inject: [CredentialCatalog, CurrentTokens, StoreSync, TokenReplacement, ImsClient, EVENTS],
  },
];
