import type { z } from 'zod';

import type { FormParameters } from './form-parameters.ts';
import { OAuthError } from './oauth-error.ts';
import { oauthTokenRequestSchema } from './oauth-schema.ts';

/**
 * Reads the name of the credential in `scope`.
 * @throws OAuthError where it names none or several, or the grant is another one
 */
export function readRequestedScope(parameters: FormParameters): string {
  const read = oauthTokenRequestSchema.safeParse(Object.fromEntries(parameters));
  if (read.success) return read.data.scope;
  throw explain(read.error, parameters);
}

function explain({ issues }: z.ZodError, parameters: FormParameters): OAuthError {
  if (issues.some(({ path }) => path[0] === 'grant_type')) {
    return parameters.has('grant_type')
      ? new OAuthError('unsupported_grant_type', 'The only grant_type here is client_credentials.')
      : new OAuthError('invalid_request', 'Send grant_type=client_credentials; there is no grant_type.');
  }
  return (parameters.get('scope') ?? '').trim() === ''
    ? new OAuthError('invalid_scope', 'Send as scope the name of the credential whose token you want.')
    : new OAuthError('invalid_scope', 'Send the name of one credential as scope, and ask for each in turn.');
}
