import { isUtf8 } from 'node:buffer';

import { DocumentRefused } from './document-refused.ts';
import { recogniseForeignText } from './foreign-text.ts';
import { whereJsonBreaks } from './json-fault.ts';

/** AWS Secrets Manager's limit for a secret value. Adobe's documents have a few KiB. */
export const MAX_DOCUMENT_BYTES = 65_536;

const STORE_UNCHANGED = 'Download the document again and store it unchanged.';

/**
 * Reads one JSON value (RFC 8259). It accepts a byte order mark, and the last one of equal names.
 * @throws DocumentRefused with the position of the fault, never with text of the document
 */
export function parseJson(document: Uint8Array): unknown {
  if (document.length > MAX_DOCUMENT_BYTES) {
    throw new DocumentRefused(
      'credential_unknown_document',
      `The document is larger than ${MAX_DOCUMENT_BYTES / 1024} KiB; Adobe's documents are smaller. ${STORE_UNCHANGED}`,
    );
  }
  if (!isUtf8(document)) {
    throw invalid('is not UTF-8 text; it may have been saved as UTF-16');
  }
  const text = new TextDecoder().decode(document);
  if (text.trimStart().startsWith('<')) {
    throw invalid('is a web page, not JSON; a sign-in or error page may have been saved in its place');
  }
  return parse(text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // V8's message quotes the text around the fault, which may be a private key.
    throw invalid(`is not valid JSON${whereJsonBreaks(text)}.${recogniseForeignText(text)}`);
  }
}

function invalid(what: string): DocumentRefused {
  return new DocumentRefused(
    'credential_invalid_json',
    `The document ${what.replace(/\.$/, '')}. ${STORE_UNCHANGED}`,
  );
}
