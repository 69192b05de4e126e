import { toIso, type Instant, type LocalCredential } from '#libs/tokens';

import type { Finding } from './finding.ts';

/** The problem of an expired local development token; null before that. */
export function localTokenProblem({ token }: LocalCredential, now: Instant): Finding | null {
  if (now < token.expiresAt) return null;
  return {
    code: 'local_token_expired',
    diagnosis:
      `This local development token expired at ${toIso(token.expiresAt)}, and nothing can renew it: fetch a new one in ` +
      'the AEM Developer Console (Integrations, Local token, Get Local Development Token).',
  };
}
