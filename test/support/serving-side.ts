import {
  createServingSide,
  RefreshPolicy,
  ServePolicy,
  type Clock,
  type ServingSide,
  type TokenEventListener,
  type TokenStore,
} from '#libs/tokens';

/** A serving side with the default policies. */
export const servingSideOver = (
  store: TokenStore,
  clock: Clock,
  listener: TokenEventListener = () => undefined,
): ServingSide =>
  createServingSide({
    store,
    cache: null,
    peers: null,
    clock,
    listener,
    servePolicy: new ServePolicy(),
    refreshPolicy: new RefreshPolicy(),
  });
