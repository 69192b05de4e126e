import { AllowedOrigins, parseCredential } from '#libs/credential-sources';
import { instant, type Credential, type CredentialProblem } from '#libs/tokens';

/** A time at which the default certificates of `makeServiceCredentials` are valid. */
export const NOW = instant(Date.now() + 60_000);

export const ADOBE_ORIGINS = AllowedOrigins.parse('https://*.adobelogin.com,https://*.services.adobe.com');

/** Parses text unchanged, or another value as JSON. */
export function parse(
  document: unknown,
  { origins = ADOBE_ORIGINS, now = NOW } = {},
): Credential | CredentialProblem {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return parseCredential(text, { allowedOrigins: origins, now });
}

/** Returns the credential of a document that must have this kind. */
export function credentialIn<K extends Credential['kind']>(
  kind: K,
  parsed: Credential | CredentialProblem,
): Extract<Credential, { kind: K }> {
  if (parsed.kind !== kind) throw new Error(`expected ${kind}, got ${JSON.stringify(parsed)}`);
  return parsed as Extract<Credential, { kind: K }>;
}

/** Returns the problem of a document that must have one. */
export function problemIn(parsed: Credential | CredentialProblem): CredentialProblem {
  if (parsed.kind !== 'problem') throw new Error(`expected a problem, got a ${parsed.kind} credential`);
  return parsed;
}
