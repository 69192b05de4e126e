import { SourceUnavailable } from './credential-source.ts';
import { CacheUnavailable } from './token-cache.ts';
import { StoreUnavailable } from './token-store.ts';

/**
 * The reason of an outage, for people. The messages of the errors of ports are free of secrets. Any other
 * error is a defect of an adapter: it counts as an outage, and only its class is named.
 */
export function outageReason(error: unknown): string {
  const isKnown = [StoreUnavailable, SourceUnavailable, CacheUnavailable].some(
    (each) => error instanceof each,
  );
  if (isKnown && error instanceof Error) return error.message;
  const kind = error instanceof Error ? error.name : typeof error;
  return `It failed in an unexpected way (${kind}). Please report it.`;
}
