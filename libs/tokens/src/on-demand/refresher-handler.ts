import type { RefresherResponse, RefresherRequest } from '../ports/refresher-client.ts';
import type { TokenReplacement } from './token-replacement.ts';
import type { TokenRevocation } from './token-revocation.ts';
import { millis } from '../model/units.ts';

/** How long a caller is kept waiting for a new token: less than the patience of most HTTP clients. */
const REPORT_TIMEOUT = millis(3_000);

interface Answering {
  readonly lookNow: () => Promise<void>;
  readonly replacement: TokenReplacement;
  readonly revocation: TokenRevocation;
}

/** What a process that holds credentials answers to those that answer callers. */
export function createRefresherHandler({
  lookNow,
  replacement,
  revocation,
}: Answering): (request: RefresherRequest) => Promise<RefresherResponse> {
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
