import type { AccessToken } from '../model/access-token.ts';
import type { Clock } from '../model/clock.ts';
import type { Failure } from '../model/credential-status-record.ts';
import { between, millis, seconds, toMillis } from '../model/units.ts';

/** How long before the end a person is told, at most; a quarter of the token's life, if that is less. */
const AHEAD = toMillis(seconds(2 * 60 * 60));

const REMEDY =
  'nothing can renew it: fetch a new one in the AEM Developer Console (Integrations, Local token, Get Local ' +
  'Development Token) and store it under the same name.';

/** What is the matter with a local development token of this age; null while there is plenty of life left. */
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
  if (remaining > millis(Math.min(AHEAD, token.life / 4))) return null;
  return { code: 'local_token_expiring', diagnosis: `This local development token ends soon, and ${REMEDY}` };
}
