import { AccessToken } from '#libs/tokens';
import type { Attributes } from '@opentelemetry/api';

/** The attributes of spans. None has a token, a key or a secret. */
export const CREDENTIAL = 'ims_token.credential';
export const CALLER = 'ims_token.caller';
export const OUTCOME = 'ims_token.outcome';
export const VERSION = 'ims_token.version';
export const SHA256 = 'ims_token.sha256';
export const LIFE_LEFT = 'ims_token.life_left_seconds';

export const ofToken = ({ sha256, expiresAt }: AccessToken): Attributes => ({
  [SHA256]: sha256,
  [LIFE_LEFT]: Math.round((expiresAt - Date.now()) / 1000),
});

/** The attributes of a call: the credential, which is an argument or the `name` of a record. */
export function ofCall([subject]: readonly unknown[]): Attributes {
  if (typeof subject === 'string') return { [CREDENTIAL]: subject };
  return hasField(subject, 'name') && typeof subject.name === 'string' ? { [CREDENTIAL]: subject.name } : {};
}

/** The attributes of a result: its status, and the digest of its token. */
export function ofResult(result: unknown): Attributes {
  const record = hasField(result, 'record') ? result.record : result;
  return {
    ...(hasField(result, 'status') && typeof result.status === 'string' ? { [OUTCOME]: result.status } : {}),
    ...(hasField(record, 'token') && record.token instanceof AccessToken ? ofToken(record.token) : {}),
    ...(hasField(record, 'version') && typeof record.version === 'string'
      ? { [VERSION]: record.version }
      : {}),
  };
}

const hasField = <Field extends string>(value: unknown, field: Field): value is Record<Field, unknown> =>
  typeof value === 'object' && value !== null && field in value;
