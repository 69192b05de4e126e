import { Secret, type OAuthCredential } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { fieldName, fields, identifier, listOf, readFields, text } from './document-fields.ts';
import { imsOrigin } from './ims-origin.ts';

const REMEDY =
  'Download the OAuth Server-to-Server credential again from the Adobe Developer Console and store it unchanged.';

const imsEndpoint = text.optional();
const secrets = listOf(text);
const scopes = listOf(text.regex(/^[^\s,]+$/, 'must be one scope, without blanks or commas'));

/** The file that "Download" on the credential's page of the Adobe Developer Console returns. */
const Download = fields({
  CLIENT_ID: identifier,
  CLIENT_SECRETS: secrets,
  SCOPES: scopes,
  ORG_ID: text.optional(),
  imsEndpoint,
}).transform(({ CLIENT_ID, CLIENT_SECRETS, SCOPES, ORG_ID, ...rest }) => ({
  clientId: CLIENT_ID,
  clientSecrets: CLIENT_SECRETS,
  scopes: SCOPES,
  organizationId: ORG_ID,
  imsEndpoint: rest.imsEndpoint,
}));

/** The `oauth_server_to_server` object inside a workspace file. */
const WorkspaceObject = fields({
  client_id: identifier,
  client_secrets: secrets,
  scopes,
  org_id: text.optional(),
  imsEndpoint,
}).transform(({ client_id, client_secrets, org_id, ...rest }) => ({
  clientId: client_id,
  clientSecrets: client_secrets,
  scopes: rest.scopes,
  organizationId: org_id,
  imsEndpoint: rest.imsEndpoint,
}));

/** Reads the OAuth Server-to-Server credential of a download, whose field names are in capitals. */
export function readOAuthDownload(document: unknown, allowed: AllowedOrigins): OAuthCredential {
  return toCredential(readFields(Download, document, '', REMEDY), '', allowed);
}

/**
 * Reads the OAuth Server-to-Server credential of a workspace file.
 * @param parent `oauth_server_to_server`, or '' when the object was stored without it
 */
export function readOAuthWorkspaceObject(
  object: unknown,
  parent: string,
  allowed: AllowedOrigins,
): OAuthCredential {
  return toCredential(readFields(WorkspaceObject, object, parent, REMEDY), parent, allowed);
}

interface OAuthFields {
  readonly clientId: string;
  readonly clientSecrets: readonly string[];
  readonly scopes: readonly string[];
  readonly organizationId: string | undefined;
  readonly imsEndpoint: string | undefined;
}

function toCredential(read: OAuthFields, parent: string, allowed: AllowedOrigins): OAuthCredential {
  return {
    kind: 'oauth',
    imsOrigin: imsOrigin(read.imsEndpoint, fieldName(parent, 'imsEndpoint'), allowed),
    clientId: read.clientId,
    clientSecrets: read.clientSecrets.map((secret) => new Secret(secret)),
    organizationId: read.organizationId ?? null,
    scopes: read.scopes,
  };
}
