import type { Failure } from './credential-report.ts';

/** What to do about a local development token whose life is over. */
export const LOCAL_TOKEN_EXPIRED: Pick<Failure, 'code' | 'diagnosis'> = {
  code: 'local_token_expired',
  diagnosis:
    'This local development token has expired, and nothing can renew it: fetch a new one in the AEM Developer ' +
    'Console (Integrations, Local token, Get Local Development Token) and store it under the same name.',
};
