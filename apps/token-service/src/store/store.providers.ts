import {
  Clock,
  createServingSide,
  CurrentTokens,
  RefreshPolicy,
  ServePolicy,
  StoreSync,
  SystemClock,
  TokenStore,
  TokenVendor,
  type ServingSide,
  type TokenEventListener,
} from '#libs/tokens';
import type { Provider } from '@nestjs/common';

import type { ServiceConfig } from '../config/service-config.ts';

/** Injection token of the listener that hears every TokenEvent. */
export const EVENTS = Symbol('token events');
/** Injection token of the ServingSide. */
export const SERVING_SIDE = Symbol('serving side');

/** The serving side, which every role has, and its parts one by one. */
export function servingProviders(config: ServiceConfig): Provider[] {
  const part = <T>(provide: abstract new (...args: never[]) => T, read: (side: ServingSide) => T) => ({
    provide,
    useFactory: read,
    inject: [SERVING_SIDE],
  });
  return [
    { provide: Clock, useClass: SystemClock },
    {
      provide: SERVING_SIDE,
      useFactory: (store: TokenStore, clock: Clock, listener: TokenEventListener) =>
        createServingSide({
          store,
          clock,
          listener,
          servePolicy: new ServePolicy(config.MIN_SERVE_SECONDS),
          refreshPolicy: new RefreshPolicy(config.REFRESH_AT),
        }),
      inject: [TokenStore, Clock, EVENTS],
    },
    part(CurrentTokens, ({ tokens }) => tokens),
    part(TokenVendor, ({ vendor }) => vendor),
    part(StoreSync, ({ sync }) => sync),
  ];
}
