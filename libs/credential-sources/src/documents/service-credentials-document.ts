import { Secret, type JwtCredential } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { account, fieldName, fields, identifier, readFields, text } from './document-fields.ts';
import { DocumentRefused } from './document-refused.ts';
import { imsOrigin } from './ims-origin.ts';
import { privateKeyField } from './private-key.ts';
import { certificateField, toSigningCertificate } from './signing-certificate.ts';

const REMEDY = 'Download the document again from the AEM Developer Console and store it unchanged.';

/**
 * Adobe writes the metascopes as one text. No client trims them, so a blank would become part of a claim's
 * name.
 */
const metascopes = text.regex(
  /^[^\s,]+(?:,[^\s,]+)*$/,
  'must be a comma-separated list without blanks or empty entries',
);

const Integration = fields({
  imsEndpoint: text.optional(),
  metascopes,
  technicalAccount: fields({ clientId: identifier, clientSecret: text }),
  id: account('ID@techacct.adobe.com'),
  org: account('ID@AdobeOrg'),
  privateKey: privateKeyField,
  publicKey: certificateField,
});

/**
 * Reads AEM Developer Console service credentials (kind `jwt`), without regard to the dates of the
 * certificate.
 * @param parent the name of the field that holds them: `integration`, or '' when the object was stored
 * without it
 */
export function readServiceCredentials(
  integration: unknown,
  parent: string,
  allowed: AllowedOrigins,
): JwtCredential {
  const read = readFields(Integration, integration, parent, REMEDY);
  if (!read.publicKey.checkPrivateKey(read.privateKey)) {
    throw new DocumentRefused(
      'credential_key_mismatch',
      `\`${fieldName(parent, 'privateKey')}\` does not belong to the certificate in \`${fieldName(parent, 'publicKey')}\`: ` +
        `they come from two different documents. ${REMEDY}`,
    );
  }
  return {
    kind: 'jwt',
    imsOrigin: imsOrigin(read.imsEndpoint, fieldName(parent, 'imsEndpoint'), allowed),
    clientId: read.technicalAccount.clientId,
    clientSecret: new Secret(read.technicalAccount.clientSecret),
    organizationId: read.org,
    technicalAccountId: read.id,
    metascopes: read.metascopes.split(','),
    privateKey: read.privateKey,
    certificate: toSigningCertificate(read.publicKey),
  };
}
