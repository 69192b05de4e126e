import type { Credential, CredentialKind } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { DocumentRefused } from './document-refused.ts';
import { isJsonObject, type JsonObject } from './unwrap-document.ts';
import { readLocalToken } from './local-token-document.ts';
import { readOAuthDownload, readOAuthWorkspaceObject } from './oauth-document.ts';
import { otherDocument } from './other-document.ts';
import { readProjectDownload } from './project-download.ts';
import { readServiceCredentials } from './service-credentials-document.ts';

/** A document of a known kind, and its reader. */
interface RecognisedDocument {
  readonly kind: CredentialKind;
  readonly read: (allowed: AllowedOrigins) => Credential;
}

/**
 * Recognises one of Adobe's documents by its fields, also an incomplete one.
 * @throws DocumentRefused for any other document
 */
export function recogniseDocument(document: JsonObject): RecognisedDocument {
  const has = (...names: readonly string[]): boolean =>
    names.some((name) => (document[name] ?? null) !== null && Object.hasOwn(document, name));
  if (document['ok'] === false) {
    throw new DocumentRefused(
      'credential_unknown_document',
      'The document is an error answer of the Developer Console ("ok": false), not a credential. ' +
        'Download the service credentials again and check the file before you store it.',
    );
  }
  if (isJsonObject(document['project'])) return recogniseProject(document);
  if (has('accessToken')) return { kind: 'local', read: () => readLocalToken(document) };
  const { integration } = document;
  if (isJsonObject(integration) && !hasOwn(integration, 'technicalAccount', 'privateKey')) {
    const oauth = recogniseOAuth(integration, 'integration');
    if (oauth !== null) return oauth;
  }
  if (has('integration')) {
    return {
      kind: 'jwt',
      read: (allowed) => readServiceCredentials(integration, 'integration', allowed),
    };
  }
  if (has('technicalAccount', 'privateKey')) {
    return { kind: 'jwt', read: (allowed) => readServiceCredentials(document, '', allowed) };
  }
  if (has('oauth_server_to_server')) {
    const name = 'oauth_server_to_server';
    return { kind: 'oauth', read: (allowed) => readOAuthWorkspaceObject(document[name], name, allowed) };
  }
  const oauth = recogniseOAuth(document, '') ?? recogniseNull(document);
  if (oauth !== null) return oauth;
  throw otherDocument(document);
}

const hasOwn = (object: JsonObject, ...names: readonly string[]): boolean =>
  names.some((name) => Object.hasOwn(object, name));

/** OAuth fields in either spelling. One client secret counts only with scopes: API keys have one too. */
function recogniseOAuth(object: JsonObject, parent: string): RecognisedDocument | null {
  const has = (...names: readonly string[]): boolean => hasOwn(object, ...names);
  if (has('CLIENT_SECRETS', 'SCOPES') || (has('CLIENT_SECRET') && has('SCOPE'))) {
    return { kind: 'oauth', read: (allowed) => readOAuthDownload(object, parent, allowed) };
  }
  if (has('client_secrets', 'scopes') || (has('client_secret') && has('scope'))) {
    return { kind: 'oauth', read: (allowed) => readOAuthWorkspaceObject(object, parent, allowed) };
  }
  return null;
}

/** A document whose only known field is null: its reader says so. */
function recogniseNull(document: JsonObject): RecognisedDocument | null {
  if (hasOwn(document, 'accessToken')) return { kind: 'local', read: () => readLocalToken(document) };
  if (hasOwn(document, 'integration')) {
    return { kind: 'jwt', read: (allowed) => readServiceCredentials(null, 'integration', allowed) };
  }
  const name = 'oauth_server_to_server';
  return hasOwn(document, name)
    ? { kind: 'oauth', read: (allowed) => readOAuthWorkspaceObject(null, name, allowed) }
    : null;
}

/** The project knows the organization, and the credential inside does not. */
function recogniseProject(document: JsonObject): RecognisedDocument {
  const { object, parent, organizationId } = readProjectDownload(document);
  const whole =
    isJsonObject(object) && (object['org_id'] ?? null) === null
      ? { ...object, org_id: organizationId }
      : object;
  return { kind: 'oauth', read: (allowed) => readOAuthWorkspaceObject(whole, parent, allowed) };
}
