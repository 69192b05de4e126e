import { Secret, type OAuthCredential } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import {
  fieldName,
  fields,
  identifier,
  listOf,
  organization,
  plainText,
  readFields,
  refuseFaultyCharacters,
  text,
} from './document-fields.ts';
import { imsOrigin } from './ims-origin.ts';
import { listFrom } from './text-list.ts';
import { isJsonObject } from './unwrap-document.ts';

const REMEDY =
  'Download the OAuth Server-to-Server credential again from the Adobe Developer Console and store it unchanged.';

/** RFC 6749 appendix A.4, without the comma that separates scopes in a request to IMS. */
const scope = text
  .regex(/^[^ ,]+$/, { error: 'must be one scope, without blanks or commas', abort: true })
  .superRefine(refuseFaultyCharacters)
  .regex(/^[^"\\]+$/, 'must be one scope, without quotation marks or backslashes');

const shared = {
  clientId: identifier,
  // Adobe's older documents have one secret, as text.
  clientSecrets: listFrom(listOf(plainText), null),
  scopes: listFrom(listOf(scope), /[\s,]+/),
  organizationId: organization.nullish(),
  imsEndpoint: text.nullish(),
};

/** The names of the fields in one form of the document. Of several names the first that is given counts. */
interface FieldNames {
  readonly clientId: string;
  readonly clientSecrets: readonly [string, string];
  readonly scopes: readonly [string, string];
  readonly organizationId: string;
}

/** The file that "Download" on the credential's page of the Adobe Developer Console returns. */
const DOWNLOAD: FieldNames = {
  clientId: 'CLIENT_ID',
  clientSecrets: ['CLIENT_SECRETS', 'CLIENT_SECRET'],
  scopes: ['SCOPES', 'SCOPE'],
  organizationId: 'ORG_ID',
};

/** The `oauth_server_to_server` object inside a workspace file. */
const WORKSPACE: FieldNames = {
  clientId: 'client_id',
  clientSecrets: ['client_secrets', 'client_secret'],
  scopes: ['scopes', 'scope'],
  organizationId: 'org_id',
};

/**
 * Reads the OAuth Server-to-Server credential of a download, whose field names are in capitals.
 * @param parent the name of the field that holds it, or '' for the document itself
 */
export const readOAuthDownload = (
  object: unknown,
  parent: string,
  allowed: AllowedOrigins,
): OAuthCredential => readOAuth(DOWNLOAD, object, parent, allowed);

/**
 * Reads the OAuth Server-to-Server credential of a workspace file.
 * @param parent `oauth_server_to_server`, or '' when the object was stored without it
 */
export const readOAuthWorkspaceObject = (
  object: unknown,
  parent: string,
  allowed: AllowedOrigins,
): OAuthCredential => readOAuth(WORKSPACE, object, parent, allowed);

function readOAuth(
  names: FieldNames,
  object: unknown,
  parent: string,
  allowed: AllowedOrigins,
): OAuthCredential {
  const given = ([usual, other]: readonly [string, string]): string =>
    isJsonObject(object) && isGiven(object[other]) && !isGiven(object[usual]) ? other : usual;
  const [secrets, scopes] = [given(names.clientSecrets), given(names.scopes)];
  const schema = fields({
    [names.clientId]: shared.clientId,
    [secrets]: shared.clientSecrets,
    [scopes]: shared.scopes,
    [names.organizationId]: shared.organizationId,
    imsEndpoint: shared.imsEndpoint,
  });
  const read = readFields(schema, object, parent, REMEDY);
  const imsEndpoint = shared.imsEndpoint.parse(read['imsEndpoint']) ?? undefined;
  return {
    kind: 'oauth',
    imsOrigin: imsOrigin(imsEndpoint, fieldName(parent, 'imsEndpoint'), allowed),
    clientId: shared.clientId.parse(read[names.clientId]),
    clientSecrets: shared.clientSecrets.parse(read[secrets]).map((secret) => new Secret(secret)),
    organizationId: shared.organizationId.parse(read[names.organizationId]) ?? null,
    scopes: shared.scopes.parse(read[scopes]),
  };
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;
