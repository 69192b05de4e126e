import { OAuthError } from './oauth-error.ts';
import { oauthTokenRequestSchema } from './oauth-schema.ts';

const KNOWN: ReadonlySet<string> = new Set(Object.keys(oauthTokenRequestSchema.unwrap().shape));
const FORM = 'application/x-www-form-urlencoded';

/**
 * The parameters of a token request by name. A parameter without a value counts as omitted (RFC 6749 §3.2).
 */
export type FormParameters = ReadonlyMap<string, string>;

/**
 * Reads the body of a token request. Unknown parameters are ignored (RFC 6749 §3.2), even repeated ones such
 * as `resource` (RFC 8707 §2).
 * @throws OAuthError where the body is no form, or has a known parameter twice
 */
export function readFormParameters(contentType: string | undefined, body: string): FormParameters {
  if (body !== '' && contentType?.split(';', 1)[0]?.trim().toLowerCase() !== FORM) {
    throw new OAuthError('invalid_request', `Send the parameters as a body of the type ${FORM}.`);
  }
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body)) {
    if (!KNOWN.has(name)) continue;
    if (parameters.has(name)) {
      throw new OAuthError('invalid_request', 'A parameter is there more than once; send each once.');
    }
    parameters.set(name, value);
  }
  for (const [name, value] of parameters) if (value === '') parameters.delete(name);
  return parameters;
}
