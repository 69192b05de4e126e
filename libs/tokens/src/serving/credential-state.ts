import type { CredentialEntry } from './current-tokens.ts';
import type { TokenVendor } from './token-vendor.ts';

/**
 * The health of a credential: `healthy`; `degraded` (callers get tokens, but the last refresh failed);
 * `expired` (the last token has expired); `unhealthy` (there is no token).
 */
export type CredentialState = 'healthy' | 'degraded' | 'expired' | 'unhealthy';

export function stateOf(entry: CredentialEntry, vendor: TokenVendor): CredentialState {
  if (!vendor.isServable(entry)) return entry.cached === null ? 'unhealthy' : 'expired';
  return entry.status?.failing === true ? 'degraded' : 'healthy';
}
