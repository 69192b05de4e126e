import { documentNotices, parseCredential, type AllowedOrigins } from '#libs/credential-sources';
import {
  instant,
  type Credential,
  type CredentialKind,
  type CredentialProblem,
  type Instant,
} from '#libs/tokens';

import { describeCredential, type CredentialFacts } from './credential-facts.ts';
import type { Finding } from './finding.ts';
import { localTokenProblem } from './local-token.ts';
import { warningsAbout } from './warnings.ts';

/** The result of checking a document without a request. */
export interface DocumentCheck {
  readonly kind: CredentialKind | null;
  /** Also set for some unusable documents; null when the parser could not read the fields. */
  readonly facts: CredentialFacts | null;
  /** Null when the service can't use the document. */
  readonly credential: Credential | null;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Checks a document with the parser of the service. */
export function checkDocument(
  document: Uint8Array,
  allowedOrigins: AllowedOrigins,
  now: Instant,
): DocumentCheck {
  const parsed = parseCredential(document, { allowedOrigins, now });
  if (parsed.kind === 'problem') return refused(parsed, factsDespite(parsed, document, allowedOrigins, now));
  const facts = describeCredential(parsed, now);
  const problem = parsed.kind === 'local' ? localTokenProblem(parsed, now) : null;
  return problem === null
    ? {
        kind: parsed.kind,
        facts,
        credential: parsed,
        problems: [],
        warnings: [...documentNotices(document, allowedOrigins), ...warningsAbout(parsed, now)],
      }
    : { kind: parsed.kind, facts, credential: null, problems: [problem], warnings: [] };
}

const refused = (
  { code, diagnosis, documentKind }: CredentialProblem,
  facts: CredentialFacts | null,
): DocumentCheck => ({
  kind: documentKind,
  facts,
  credential: null,
  problems: [{ code, diagnosis }],
  warnings: [],
});

/** The facts of a document whose only fault is its expired certificate, so that people see whose it is. */
function factsDespite(
  { code }: CredentialProblem,
  document: Uint8Array,
  allowedOrigins: AllowedOrigins,
  now: Instant,
): CredentialFacts | null {
  if (code !== 'credential_certificate_expired') return null;
  const before = parseCredential(document, { allowedOrigins, now: instant(0) });
  return before.kind === 'problem' ? null : describeCredential(before, now);
}
