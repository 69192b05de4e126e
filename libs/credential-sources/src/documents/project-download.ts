import { DocumentRefused } from './document-refused.ts';
import { fieldName } from './document-fields.ts';
import { isJsonObject, type JsonObject } from './unwrap-document.ts';

const LIST = 'project.workspace.details.credentials';

/** The one usable credential of a project download, where it is, and the organization of the project. */
interface ProjectCredential {
  readonly object: unknown;
  /** Its full name in the document. */
  readonly parent: string;
  readonly organizationId: unknown;
}

/** Kinds of credentials in a project, by the field that holds each; the service can use none of these. */
const OTHER_KINDS: readonly (readonly [string, string])[] = [
  ['api_key', 'API key'],
  ['oauth2', 'OAuth credential for signed-in users'],
  ['jwt', 'Service Account (JWT) credential, which Adobe retired'],
];

/**
 * Finds the OAuth Server-to-Server credential in the file that "Download all" of the Adobe Developer Console
 * returns.
 * @throws DocumentRefused when there is none, or several
 */
export function readProjectDownload(document: JsonObject): ProjectCredential {
  const project = objectAt(document, 'project');
  const listed = objectAt(project, 'workspace', 'details')['credentials'];
  const entries = (Array.isArray(listed) ? listed : []).map((entry: unknown) =>
    isJsonObject(entry) ? entry : {},
  );
  const usable = entries.flatMap((entry, index) =>
    isJsonObject(entry['oauth_server_to_server']) ? [{ entry, index }] : [],
  );
  const [first, second] = usable;
  if (first === undefined)
    throw refused(`has no \`oauth_server_to_server\` object in \`${LIST}\`${inventory(entries)}.`);
  if (second !== undefined) {
    const names = usable.map(({ entry, index }) => describe(entry, index)).join('; ');
    throw refused(
      `has ${usable.length} OAuth Server-to-Server credentials: ${names}. ` +
        'Choose one: store its `oauth_server_to_server` object by itself, under a name of its own.',
    );
  }
  return {
    object: first.entry['oauth_server_to_server'],
    parent: fieldName(
      'project',
      'workspace',
      'details',
      'credentials',
      first.index,
      'oauth_server_to_server',
    ),
    organizationId: objectAt(project, 'org')['ims_org_id'],
  };
}

function inventory(entries: readonly JsonObject[]): string {
  if (entries.length === 0) return ', and no other credential';
  const counts = OTHER_KINDS.map(
    ([field, kind]) => [entries.filter((entry) => Object.hasOwn(entry, field)).length, kind] as const,
  );
  const known = counts.filter(([count]) => count > 0).map(([count, kind]) => `${count} × ${kind}`);
  const rest = entries.length - counts.reduce((sum, [count]) => sum + count, 0);
  if (rest > 0) known.push(`${rest} of another kind`);
  return `, but ${known.join(', ')}`;
}

/** A name or an id in the form that the console gives them, so that no secret in their place is printed. */
function describe(entry: JsonObject, index: number): string {
  const { id, name } = entry;
  const words = [`number ${index + 1}`];
  if (typeof name === 'string' && isPlainName(name, entry)) words.push(JSON.stringify(name));
  if (/^\d{1,12}$/.test(String(id))) words.push(`id ${String(id)}`);
  return words.join(', ');
}

function isPlainName(name: string, entry: JsonObject): boolean {
  const secrets = objectAt(entry, 'oauth_server_to_server')['client_secrets'];
  const isSecret = /^p8e-|eyJ/.test(name) || (Array.isArray(secrets) && secrets.includes(name));
  return !isSecret && /^[\w .()-]{1,48}$/.test(name);
}

function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = path.reduce((at, key) => (isJsonObject(at) ? at[key] : undefined), value);
  return isJsonObject(found) ? found : {};
}

const refused = (what: string): DocumentRefused =>
  new DocumentRefused(
    'credential_unknown_document',
    `The document is a download of a whole project. It ${what}`,
  );
