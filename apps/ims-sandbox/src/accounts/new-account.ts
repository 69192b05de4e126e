import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Account, CredentialKind } from './account.ts';

const hexId = (): string => randomBytes(12).toString('hex').toUpperCase();

/** A new client id in the spelling Adobe uses for that kind. */
function newClientId(kind: CredentialKind): string {
  if (kind === 'oauth') return randomBytes(16).toString('hex');
  const role = kind === 'jwt' ? 'integration' : 'developer';
  return `cm-p${randomInt(1000, 999_999)}-e${randomInt(10_000, 9_999_999)}-${role}`;
}

/** A fresh client secret, in a form no URL encoding changes. */
export function newClientSecret(): string {
  return `p8e-${randomBytes(24).toString('base64url')}`;
}

/** An account nobody has yet: its id differs each time, so a deleted account's tokens never come back to life. */
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
