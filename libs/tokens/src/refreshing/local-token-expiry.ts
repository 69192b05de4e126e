import type { AccessToken } from '../model/access-token.ts';
import type { Clock } from '../model/clock.ts';
import type { Failure } from '../model/credential-status-record.ts';
import { between, millis, seconds, toMillis } from '../model/units.ts';

/** The time before expiry at which status warns, at most; a quarter of the lifetime if that is less. */
const WARN_AHEAD = toMillis(seconds(2 * 60 * 60));

const REMEDY =
  'nothing can renew it: fetch a new one in the AEM Developer Console (Integrations, Local token, Get Local ' +
  'Development Token) and store it under the same name.';

/**
 * The failure of a local development token that has expired or expires soon; null while neither is the case.
 */
export function localTokenExpiry(
  token: AccessToken,
  clock: Clock,
): Pick<Failure, 'code' | 'diagnosis'> | null {
  const remaining = between(clock.now(), token.expiresAt);
  if (remaining <= 0) {
    return {
      code: 'local_token_expired',
      diagnosis: `This local development token has expired, and ${REMEDY}`,
    };
  }
  if (remaining > millis(Math.min(WARN_AHEAD, token.life / 4))) return null;
  return { code: 'local_token_expiring', diagnosis: `This local development token ends soon, and ${REMEDY}` };
}
