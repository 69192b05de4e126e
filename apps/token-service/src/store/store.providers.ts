import {
  Clock,
  CurrentTokens,
  RefreshPolicy,
  ServePolicy,
  StoreSync,
  SystemClock,
  TokenStore,
  TokenVendor,
  type TokenEventListener,
} from '#libs/tokens';
import type { Provider } from '@nestjs/common';

import type { ServiceConfig } from '../config/service-config.ts';

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
      provide: StoreSync,
      useFactory: (store: TokenStore, tokens: CurrentTokens, listener: TokenEventListener) =>
        new StoreSync(store, tokens, listener),
      inject: [TokenStore, CurrentTokens, EVENTS],
    },
  ];
}
