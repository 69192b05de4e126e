import type { Account } from '../accounts/account.ts';
import type { KeyPair } from '../accounts/key-pair.ts';

/** The document of the AEM Developer Console ("Generating Access Tokens for Server-Side APIs"). */
export function serviceCredentialsDocument(account: Account, pair: KeyPair, imsEndpoint: string): object {
  return {
    ok: true,
    integration: {
      imsEndpoint,
      metascopes: account.metascopes.join(','),
      technicalAccount: { clientId: account.clientId, clientSecret: account.secrets[0] },
      email: account.email,
      id: account.technicalAccountId,
      org: account.org,
      privateKey: pair.privateKeyPem,
      publicKey: pair.certificatePem,
    },
    statusCode: 200,
  };
}

/** The document of the Adobe Developer Console for OAuth Server-to-Server, newest secret first. */
export function oauthDocument(account: Account, imsEndpoint: string): object {
  return {
    CLIENT_ID: account.clientId,
    CLIENT_SECRETS: account.secrets.toReversed(),
    ORG_ID: account.org,
    TECHNICAL_ACCOUNT_ID: account.technicalAccountId,
    TECHNICAL_ACCOUNT_EMAIL: account.email,
    SCOPES: account.scopes,
    imsEndpoint,
  };
}
