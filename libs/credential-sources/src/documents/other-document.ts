import { DocumentRefused } from './document-refused.ts';
import type { JsonObject } from './json-document.ts';

const UNDERSTOOD =
  'Store one of these exactly as Adobe hands it out: AEM Developer Console service credentials ({"ok","integration",…}), ' +
  'an OAuth Server-to-Server credential of the Adobe Developer Console ({"CLIENT_ID","CLIENT_SECRETS","SCOPES",…}), ' +
  'or a local development token ({"accessToken"}).';

const RETIRED = 'a Service Account (JWT) credential of the Adobe Developer Console, which Adobe retired';

/** What people store by mistake, by a field that only it has. */
const LOOKS_LIKE = new Map([
  ['project', 'a whole workspace file: store its `oauth_server_to_server` object by itself'],
  ['jwt', RETIRED],
  ['META_SCOPES', RETIRED],
  ['meta_scopes', RETIRED],
  ['PUBLIC_KEYS_WITH_EXPIRY', RETIRED],
  ['oauth2', 'an OAuth credential for signed-in users'],
  ['API_KEY', 'an API key credential'],
  ['api_key', 'an API key credential'],
  ['access_token', 'the answer of a token endpoint'],
  ['error', 'an error answer'],
]);

/** Names that may be repeated in a message; any other could itself be something secret that got into the wrong place. */
const SPEAKABLE = new Set([
  ...LOOKS_LIKE.keys(),
  ...'ok statusCode status message title error_description error_code type id name integration_type'.split(
    ' ',
  ),
  ...'org email imsEndpoint metascopes publicKey clientId clientSecret token token_type expires_in'.split(
    ' ',
  ),
  ...'CLIENT_ID CLIENT_SECRET ORG_ID TECHNICAL_ACCOUNT_ID TECHNICAL_ACCOUNT_EMAIL'.split(' '),
  ...'client_id client_secret technical_account_id technical_account_email'.split(' '),
]);

/** The refusal of a JSON object that is none of the documents understood, with what it seems to be. */
export function otherDocument(document: JsonObject): DocumentRefused {
  const names = Object.keys(document);
  const guess = names.map((name) => LOOKS_LIKE.get(name)).find((known) => known !== undefined);
  return new DocumentRefused(
    'credential_unknown_document',
    `The document is none that can be used${guess === undefined ? '' : `; it looks like ${guess}`} (${seen(names)}). ${UNDERSTOOD}`,
  );
}

function seen(names: readonly string[]): string {
  if (names.length === 0) return 'it has no fields';
  const speakable = names.filter((name) => SPEAKABLE.has(name)).map((name) => `\`${name}\``);
  const others = names.length - speakable.length;
  if (others > 0) speakable.push(`${others} of other names`);
  return `its fields: ${speakable.join(', ')}`;
}
