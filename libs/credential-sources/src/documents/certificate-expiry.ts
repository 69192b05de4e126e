import { between, toIso, type Credential, type CredentialProblem, type Instant } from '#libs/tokens';

/**
 * The credential at `now`. After its certificate expired it is a problem, because IMS refuses its signatures.
 */
export function asOf(now: Instant, parsed: Credential | CredentialProblem): Credential | CredentialProblem {
  if (parsed.kind !== 'jwt' || between(now, parsed.certificate.notAfter) >= 0) return parsed;
  return {
    kind: 'problem',
    documentKind: 'jwt',
    code: 'credential_certificate_expired',
    diagnosis:
      `The certificate in \`publicKey\` expired at ${toIso(parsed.certificate.notAfter)}, and IMS refuses what its key signs. ` +
      'Create a new private key in the AEM Developer Console and store the new document under the same name.',
  };
}
