import { DocumentRefused } from './document-refused.ts';
import type { JsonObject } from './unwrap-document.ts';

const UNDERSTOOD =
  'Store one of these exactly as you downloaded it: AEM Developer Console service credentials ({"ok","integration",…}), ' +
  'an OAuth Server-to-Server credential of the Adobe Developer Console ({"CLIENT_ID","CLIENT_SECRETS","SCOPES",…}), ' +
  'or a local development token ({"accessToken"}).';

const RETIRED = 'a Service Account (JWT) credential of the Adobe Developer Console, which Adobe retired';

/** Documents that people store by mistake, each by a field that only it has. */
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

/** Field names that a message may contain. Any other name may be a secret in the wrong place. */
const PRINTABLE = new Set([
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

/** Refuses a JSON object that is not a known document, with a guess of what it is. */
export function otherDocument(document: JsonObject): DocumentRefused {
  const names = Object.keys(document);
  const guess = names.map((name) => LOOKS_LIKE.get(name)).find((known) => known !== undefined);
  return new DocumentRefused(
    'credential_unknown_document',
    `The service cannot use this kind of document${guess === undefined ? '' : `; it looks like ${guess}`} (${seen(names)}). ${UNDERSTOOD}`,
  );
}

function seen(names: readonly string[]): string {
  if (names.length === 0) return 'it has no fields';
  const printable = names.filter((name) => PRINTABLE.has(name)).map((name) => `\`${name}\``);
  const others = names.length - printable.length;
  if (others > 0) printable.push(`${others} of other names`);
  return `its fields: ${printable.join(', ')}`;
}
