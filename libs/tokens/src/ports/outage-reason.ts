import { SourceUnavailable } from './credential-source.ts';
import { StoreUnavailable } from './token-store.ts';

/**
 * The reason of an outage, for people. The messages of the two port errors are free of secrets. Any other
 * error is a defect of an adapter: it counts as an outage, and only its class is named.
 */
export function outageReason(error: unknown): string {
  if (error instanceof StoreUnavailable || error instanceof SourceUnavailable) return error.message;
  const kind = error instanceof Error ? error.name : typeof error;
  return `It failed in an unexpected way (${kind}). Please report it.`;
}
