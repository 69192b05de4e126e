import type { Credential, CredentialKind, CredentialProblem } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { DocumentRefused } from './document-refused.ts';
import { parseJsonObject } from './json-document.ts';
import { recogniseDocument } from './recognise-document.ts';

/** Parses a document without regard to the time, so that each version is parsed once. */
export function parseDocument(document: Uint8Array, allowed: AllowedOrigins): Credential | CredentialProblem {
  let documentKind: CredentialKind | null = null;
  try {
    const recognised = recogniseDocument(parseJsonObject(document));
    documentKind = recognised.kind;
    return recognised.read(allowed);
  } catch (error) {
    if (!(error instanceof DocumentRefused)) throw error;
    return { kind: 'problem', documentKind, code: error.code, diagnosis: error.message };
  }
}
