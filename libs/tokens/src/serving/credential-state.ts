import type { CredentialEntry } from './current-tokens.ts';
import type { TokenVendor } from './token-vendor.ts';

/**
 * A credential's health in one word: `healthy`; `degraded` (callers get tokens, but the last refresh failed);
 * `expired` (there was a token, its life is over); `unhealthy` (there is none).
 */
export type CredentialState = 'healthy' | 'degraded' | 'expired' | 'unhealthy';

export function stateOf(entry: CredentialEntry, vendor: TokenVendor): CredentialState {
  if (!vendor.isServable(entry)) return entry.cached === null ? 'unhealthy' : 'expired';
  return entry.status?.failing === true ? 'degraded' : 'healthy';
}
