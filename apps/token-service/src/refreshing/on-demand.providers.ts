import {
  CallerBudget,
  Clock,
  CredentialCatalog,
  CurrentTokens,
  Flights,
  ImsClient,
  RefreshPlan,
  StoreMirror,
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
    provide: CallerBudget,
    useFactory: (mirror: StoreMirror, clock: Clock) => new CallerBudget({ mirror, clock }),
    inject: [StoreMirror, Clock],
  },
  {
    provide: TokenReplacement,
    useFactory: (
      catalog: CredentialCatalog,
      plan: RefreshPlan,
      tokens: CurrentTokens,
      mirror: StoreMirror,
      flights: Flights,
      renewal: TokenRenewal,
      budget: CallerBudget,
      clock: Clock,
      listener: TokenEventListener,
    ) => new TokenReplacement({ catalog, plan, tokens, mirror, flights, renewal, budget, clock, listener }),
    inject: [
      CredentialCatalog,
      RefreshPlan,
      CurrentTokens,
      StoreMirror,
      Flights,
      TokenRenewal,
      CallerBudget,
      Clock,
      EVENTS,
    ],
  },
  {
    provide: TokenRevocation,
    useFactory: (
      catalog: CredentialCatalog,
      tokens: CurrentTokens,
      mirror: StoreMirror,
      replacement: TokenReplacement,
      ims: ImsClient,
      listener: TokenEventListener,
    ) => new TokenRevocation({ catalog, tokens, mirror, replacement, ims, listener }),
    inject: [CredentialCatalog, CurrentTokens, StoreMirror, TokenReplacement, ImsClient, EVENTS],
  },
];
