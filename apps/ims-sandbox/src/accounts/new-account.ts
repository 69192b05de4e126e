import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Account, CredentialKind } from './account.ts';

const hexId = (): string => randomBytes(12).toString('hex').toUpperCase();

/** A new client id in the form that Adobe uses for that kind. */
function newClientId(kind: CredentialKind): string {
  if (kind === 'oauth') return randomBytes(16).toString('hex');
  const role = kind === 'jwt' ? 'integration' : 'developer';
  return `cm-p${randomInt(1000, 999_999)}-e${randomInt(10_000, 9_999_999)}-${role}`;
}

/** A new client secret. It consists of characters that URL encoding leaves unchanged. */
export function newClientSecret(): string {
  return `p8e-${randomBytes(24).toString('base64url')}`;
}

/**
 * A new account with random ids. A deleted account that is issued again has another technical account, so its
 * old tokens stay invalid.
 */
export function newAccount(kind: CredentialKind, clientId: string | undefined): Account {
  const person = kind === 'local';
  return {
    clientId: clientId ?? newClientId(kind),
    kinds: [],
    org: `${hexId()}@AdobeOrg`,
    technicalAccountId: person ? `${hexId()}@AdobeID` : `${hexId()}@techacct.adobe.com`,
    email: person ? 'developer@example.com' : `${randomUUID()}@techacct.adobe.com`,
    secrets: [],
    certificates: [],
    metascopes: [],
    scopes: [],
  };
}
