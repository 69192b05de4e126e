import { DocumentRefused } from './document-refused.ts';
import type { DocumentNotice } from './document-notice.ts';
import { jsonIn } from './text-list.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const objectIn = (value: unknown): JsonObject | null => {
  const parsed = typeof value === 'string' ? jsonIn(value) : undefined;
  return isJsonObject(parsed) ? parsed : null;
};

/** Fields whose value is itself an object of Adobe. */
const PARTS = ['integration', 'oauth_server_to_server', 'project'];
const STORE_TEXT =
  'Store the file itself as plain text: ims-token put NAME FILE, or --secret-string file://FILE, or the tab "Plaintext" of the AWS console.';

interface Unwrapped {
  readonly document: JsonObject;
  readonly notice: DocumentNotice | null;
}

/**
 * Takes one layer of text off a document: the document as a JSON text, as the value of one key, which the
 * Key/value editor of the AWS console makes, or in an answer of GetSecretValue.
 * @throws DocumentRefused for anything else that is no object
 */
export function unwrapDocument(value: unknown): Unwrapped {
  if (typeof value === 'string') return fromText(value);
  if (!isJsonObject(value)) {
    throw refused(
      'is valid JSON, but not an object: it must start with "{". Download it again and store it unchanged.',
    );
  }
  const answered = objectIn(value['SecretString']);
  if (answered !== null && Object.hasOwn(value, 'ARN')) return { document: answered, notice: AWS_ANSWER };
  const entries = Object.entries(value);
  const wrapped = entries.filter(([, inner]) => objectIn(inner) !== null);
  const [only] = wrapped;
  if (only === undefined) return { document: value, notice: null };
  const [key, text] = only;
  const inner = objectIn(text) ?? {};
  const isPart = PARTS.includes(key);
  if (entries.length > 1 && !isPart) {
    throw refused(
      `has ${entries.length} keys, of which ${wrapped.length} hold JSON as text, as the Key/value editor of the AWS console ` +
        `stores them. One secret is one document. ${STORE_TEXT}`,
    );
  }
  // The text may be the whole document, or only the object that belongs under this key.
  const isWhole = !isPart || PARTS.some((part) => Object.hasOwn(inner, part));
  return { document: isWhole ? inner : { ...value, [key]: inner }, notice: WRAPPED };
}

const WRAPPED: DocumentNotice = {
  code: 'document_wrapped',
  diagnosis: `The document is stored as the text of one key, as the Key/value editor of the AWS console does; the service takes it out. ${STORE_TEXT}`,
};
const AWS_ANSWER: DocumentNotice = {
  code: 'document_wrapped',
  diagnosis:
    'The document is inside an answer of "aws secretsmanager get-secret-value"; the service takes it out. ' +
    `Store its SecretString alone: --query SecretString --output text. ${STORE_TEXT}`,
};
const ENCODED_TWICE: DocumentNotice = {
  code: 'document_encoded_twice',
  diagnosis: `The document is encoded twice: JSON inside a JSON text. The service decodes it. ${STORE_TEXT}`,
};

function fromText(text: string): Unwrapped {
  const inner = jsonIn(text);
  if (isJsonObject(inner)) return { document: inner, notice: ENCODED_TWICE };
  throw refused(
    typeof inner === 'string'
      ? `is encoded more than twice: JSON inside JSON texts. ${STORE_TEXT}`
      : `is a JSON text, not an object: it must start with "{". ${STORE_TEXT}`,
  );
}

const refused = (what: string): DocumentRefused =>
  new DocumentRefused('credential_invalid_json', `The document ${what}`);
