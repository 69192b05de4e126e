import { AllowedOrigins, parseCredential } from '#libs/credential-sources';
import { instant, type Credential, type CredentialProblem } from '#libs/tokens';

/** Within the certificates that `makeServiceCredentials` makes by default. */
export const NOW = instant(Date.now() + 60_000);

export const ADOBE_ORIGINS = AllowedOrigins.parse('https://*.adobelogin.com,https://*.services.adobe.com');

/** Parses text as it stands, or anything else as JSON. */
export function parse(
  document: unknown,
  { origins = ADOBE_ORIGINS, now = NOW } = {},
): Credential | CredentialProblem {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return parseCredential(text, { allowedOrigins: origins, now });
}

/** The credential in a document that must be a good one of this kind. */
export function credentialIn<K extends Credential['kind']>(
  kind: K,
  parsed: Credential | CredentialProblem,
): Extract<Credential, { kind: K }> {
  if (parsed.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(parsed)}`);
  return parsed as Extract<Credential, { kind: K }>;
}

/** The problem with a document that must have one. */
export function problemIn(parsed: Credential | CredentialProblem): CredentialProblem {
  if (parsed.kind !== 'problem') throw new Error(`expected a problem, got a ${parsed.kind} credential`);
  return parsed;
}
