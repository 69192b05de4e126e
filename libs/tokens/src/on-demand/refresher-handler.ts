import { millis } from '../model/units.ts';
import type { RefresherHandler } from '../ports/refresher-client.ts';
import type { TokenReplacement } from './token-replacement.ts';
import type { TokenRevocation } from './token-revocation.ts';

/** How long a caller that reports a token waits for another: less than the timeout of most HTTP clients. */
const REPORT_TIMEOUT = millis(3_000);

interface RefresherHandlerParts {
  /** Polls the source now and retries every waiting credential. */
  readonly lookNow: () => Promise<void>;
  readonly replacement: TokenReplacement;
  readonly revocation: TokenRevocation;
}

/** Creates the handler of requests in a process that holds credentials. */
export function createRefresherHandler({
  lookNow,
  replacement,
  revocation,
}: RefresherHandlerParts): RefresherHandler {
  return async (request) => {
    switch (request.type) {
      case 'look-now':
        await lookNow();
        return { type: 'done' };
      case 'report-token':
        return {
          type: 'report-answered',
          ...(await replacement.replace(request, 'report', REPORT_TIMEOUT)),
        };
      case 'revoke-token':
        return revocation.revoke(request);
    }
  };
}
