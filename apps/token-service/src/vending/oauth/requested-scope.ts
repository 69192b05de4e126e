import type { FormParameters } from './form-parameters.ts';
import { OAuthError } from './oauth-error.ts';

/**
 * The one credential a token request is about.
 * @throws OAuthError where it names none or several
 */
export function readRequestedScope(parameters: FormParameters): string {
  const grant = parameters.get('grant_type');
  if (grant === undefined) {
    throw new OAuthError('invalid_request', 'Send grant_type=client_credentials; there is no grant_type.');
  }
  if (grant !== 'client_credentials') {
    throw new OAuthError('unsupported_grant_type', 'The only grant_type here is client_credentials.');
  }
  const [scope, ...others] = (parameters.get('scope') ?? '').split(' ').filter((name) => name !== '');
  if (scope === undefined) {
    throw new OAuthError('invalid_scope', 'Send as scope the name of the credential whose token you want.');
  }
  if (others.length > 0) {
    throw new OAuthError(
      'invalid_scope',
      'Send the name of one credential as scope, and ask for each in turn.',
    );
  }
  return scope;
}
