import type { Credential, CredentialKind, CredentialProblem } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import type { DocumentNotice } from './document-notice.ts';
import { DocumentRefused } from './document-refused.ts';
import { ignoredFields } from './ignored-fields.ts';
import { parseJson } from './json-document.ts';
import { recogniseDocument } from './recognise-document.ts';
import { unwrapDocument } from './unwrap-document.ts';

/** A parsed document, and what is odd about it. */
interface ParsedDocument {
  readonly parsed: Credential | CredentialProblem;
  readonly notices: readonly DocumentNotice[];
}

/** Parses a document without regard to the time, so that each version is parsed once. */
export function parseDocument(document: Uint8Array, allowed: AllowedOrigins): ParsedDocument {
  let documentKind: CredentialKind | null = null;
  const notices: DocumentNotice[] = [];
  try {
    const { document: object, notice } = unwrapDocument(parseJson(document));
    notices.push(...(notice === null ? [] : [notice]), ...ignoredFields(object));
    const recognised = recogniseDocument(object);
    documentKind = recognised.kind;
    return { parsed: recognised.read(allowed), notices };
  } catch (error) {
    if (!(error instanceof DocumentRefused)) throw error;
    const { code, message: diagnosis } = error;
    return { parsed: { kind: 'problem', documentKind, code, diagnosis }, notices };
  }
}
