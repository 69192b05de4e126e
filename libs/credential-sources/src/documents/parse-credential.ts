import type { Credential, CredentialProblem, Instant } from '#libs/tokens';

import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { asOf } from './certificate-expiry.ts';
import type { DocumentNotice } from './document-notice.ts';
import { parseDocument } from './parse-document.ts';

interface ParsingContext {
  readonly allowedOrigins: AllowedOrigins;
  readonly now: Instant;
}

/**
 * Parses one stored document: AEM service credentials, OAuth Server-to-Server or a local development token.
 * Never throws. A problem names the field or the position, and the remedy, and never quotes the document.
 */
export function parseCredential(
  document: string | Uint8Array,
  { allowedOrigins, now }: ParsingContext,
): Credential | CredentialProblem {
  const bytes = typeof document === 'string' ? Buffer.from(document) : document;
  return asOf(now, parseDocument(bytes, allowedOrigins).parsed);
}

/** What is odd about a document, also a usable one. */
export const documentNotices = (
  document: Uint8Array,
  allowedOrigins: AllowedOrigins,
): readonly DocumentNotice[] => parseDocument(document, allowedOrigins).notices;
