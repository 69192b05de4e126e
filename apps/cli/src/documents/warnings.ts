import { toIso, type Credential, type Instant, type SigningCertificate } from '#libs/tokens';

import type { Finding } from './finding.ts';
import { wholeDays } from './whole-days.ts';

/** Enough time to find a person with permission to create a new key at Adobe. */
const WARN_BELOW_DAYS = 30;

/** The warnings about a usable credential. */
export function warningsAbout(credential: Credential, now: Instant): readonly Finding[] {
  switch (credential.kind) {
    case 'jwt':
      return [...certificateWarnings(credential.certificate, now), ...scopeWarnings(credential.metascopes)];
    case 'oauth':
      return scopeWarnings(credential.scopes);
    case 'local':
      return [
        {
          code: 'local_token_ends',
          diagnosis: `A local development token can't be renewed: callers get none after ${toIso(credential.token.expiresAt)}.`,
        },
      ];
  }
}

function certificateWarnings({ notBefore, notAfter }: SigningCertificate, now: Instant): Finding[] {
  const warnings: Finding[] = [];
  if (now < notBefore) {
    warnings.push({
      code: 'certificate_not_yet_valid',
      diagnosis:
        `The certificate is valid from ${toIso(notBefore)} on: IMS refuses it until then. ` +
        "Check this machine's clock (NTP).",
    });
  }
  const days = wholeDays(now, notAfter);
  if (days < WARN_BELOW_DAYS) {
    warnings.push({
      code: 'certificate_expires_soon',
      diagnosis:
        `The certificate expires in ${days} ${days === 1 ? 'day' : 'days'}. Create a new private key in the ` +
        'AEM Developer Console and store the document downloaded with it before then.',
    });
  }
  return warnings;
}

function scopeWarnings(scopes: readonly string[]): Finding[] {
  const repeated = scopes.filter((scope, index) => scopes.indexOf(scope) !== index);
  return repeated.length === 0
    ? []
    : [
        {
          code: 'scope_repeated',
          diagnosis: `${repeated.join(', ')}: listed more than once, which Adobe's documents never do. Was the document edited?`,
        },
      ];
}
