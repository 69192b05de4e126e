import { clientSecretsOf, GRANTS, type CredentialOf, type GrantKind } from '../grants/grant.ts';
import type { ImsRequest } from '../http/ims-response.ts';

/**
 * The request for a token.
 * @param proof the signed assertion of the JWT exchange, or one client secret of `client_credentials`
 */
export function tokenRequest<K extends GrantKind>(credential: CredentialOf<K>, proof: string): ImsRequest {
  const grant = GRANTS[credential.kind];
  return {
    origin: credential.imsOrigin,
    path: grant.path,
    grant: credential.kind,
    form: grant.form(credential, proof),
    secrets: [...clientSecretsOf(credential), proof],
  };
}
