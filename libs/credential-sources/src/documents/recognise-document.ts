import type { Credential, CredentialKind } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { DocumentRefused } from './document-refused.ts';
import type { JsonObject } from './json-document.ts';
import { readLocalToken } from './local-token-document.ts';
import { readOAuthDownload, readOAuthWorkspaceObject } from './oauth-document.ts';
import { otherDocument } from './other-document.ts';
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
  const has = (...names: readonly string[]): boolean => names.some((name) => Object.hasOwn(document, name));
  if (document['ok'] === false) {
    throw new DocumentRefused(
      'credential_unknown_document',
      'The document is an error answer of the Developer Console ("ok": false), not a credential. ' +
        'Download the service credentials again and check the file before you store it.',
    );
  }
  if (has('accessToken')) return { kind: 'local', read: () => readLocalToken(document) };
  if (has('integration')) {
    return {
      kind: 'jwt',
      read: (allowed) => readServiceCredentials(document['integration'], 'integration', allowed),
    };
  }
  if (has('technicalAccount', 'privateKey')) {
    return { kind: 'jwt', read: (allowed) => readServiceCredentials(document, '', allowed) };
  }
  if (has('oauth_server_to_server')) {
    const name = 'oauth_server_to_server';
    return { kind: 'oauth', read: (allowed) => readOAuthWorkspaceObject(document[name], name, allowed) };
  }
  if (has('CLIENT_SECRETS', 'SCOPES')) {
    return { kind: 'oauth', read: (allowed) => readOAuthDownload(document, allowed) };
  }
  if (has('client_secrets', 'scopes')) {
    return { kind: 'oauth', read: (allowed) => readOAuthWorkspaceObject(document, '', allowed) };
  }
  throw otherDocument(document);
}
