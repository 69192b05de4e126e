import { AccessToken } from '#libs/tokens';
import type { Attributes } from '@opentelemetry/api';

/** What spans say of tokens: never the token itself, a key or a secret. */
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

/** What may be shown of what a port was asked: the credential, given by its name or as the `name` of a record. */
export function ofQuestion([subject]: readonly unknown[]): Attributes {
  if (typeof subject === 'string') return { [CREDENTIAL]: subject };
  return hasField(subject, 'name') && typeof subject.name === 'string' ? { [CREDENTIAL]: subject.name } : {};
}

/** What may be shown of what a port answered: its status, and the token it holds. */
export function ofAnswer(answer: unknown): Attributes {
  const record = hasField(answer, 'record') ? answer.record : answer;
  return {
    ...(hasField(answer, 'status') && typeof answer.status === 'string' ? { [OUTCOME]: answer.status } : {}),
    ...(hasField(record, 'token') && record.token instanceof AccessToken ? ofToken(record.token) : {}),
    ...(hasField(record, 'version') && typeof record.version === 'string'
      ? { [VERSION]: record.version }
      : {}),
  };
}

const hasField = <Field extends string>(value: unknown, field: Field): value is Record<Field, unknown> =>
  typeof value === 'object' && value !== null && field in value;
