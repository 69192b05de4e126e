import { Secret, type JwtCredential } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import {
  fieldName,
  fields,
  identifier,
  organization,
  plainText,
  readFields,
  technicalAccount,
  text,
} from './document-fields.ts';
import { DocumentRefused } from './document-refused.ts';
import { imsOrigin } from './ims-origin.ts';
import { metascopesField } from './metascopes.ts';
import { privateKeyField } from './private-key.ts';
import { certificateField, toSigningCertificate } from './signing-certificate.ts';

const REMEDY = 'Download the document again from the AEM Developer Console and store it unchanged.';

const Integration = fields({
  imsEndpoint: text.nullish(),
  metascopes: metascopesField,
  technicalAccount: fields({ clientId: identifier, clientSecret: plainText }),
  id: technicalAccount,
  org: organization,
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
  if (isEmail(read.id) && !isEmail(read['email'])) {
    throw new DocumentRefused(
      'credential_invalid_field',
      `\`${fieldName(parent, 'id')}\` has the value of \`email\`: an id has hexadecimal digits only before ` +
        `@techacct.adobe.com. ${REMEDY}`,
    );
  }
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
    metascopes: read.metascopes,
    privateKey: read.privateKey,
    certificate: toSigningCertificate(read.publicKey),
  };
}

/** An `email` of a technical account starts with a UUID, an `id` never does. */
const isEmail = (value: unknown): boolean =>
  typeof value === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}@/i.test(value);
