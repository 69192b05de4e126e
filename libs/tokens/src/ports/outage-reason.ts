import { SourceUnavailable } from './credential-source.ts';
import { StoreUnavailable } from './token-store.ts';

/**
 * An outage in words for people. What an adapter throws as its port asks is free of secrets; anything else is a
 * defect, counts as an outage too, and is named by its kind only.
 */
export function outageReason(error: unknown): string {
  if (error instanceof StoreUnavailable || error instanceof SourceUnavailable) return error.message;
  const kind = error instanceof Error ? error.name : typeof error;
  return `It failed in a way nobody foresaw (${kind}). Please report it.`;
}
