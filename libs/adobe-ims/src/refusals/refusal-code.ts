import type { ExchangeFailureCode } from '#libs/tokens';

import type { Refusal } from './refusal.ts';

/** What a refusal can mean, for either grant. */
export type RefusalCode = Extract<
  ExchangeFailureCode,
  | 'ims_invalid_client_id'
  | 'ims_invalid_client_secret'
  | 'ims_invalid_client'
  | 'ims_unauthorized_client'
  | 'ims_assertion_expired'
  | 'ims_assertion_invalid'
  | 'ims_assertion_replayed'
  | 'ims_invalid_scope'
  | 'ims_refused'
>;

/** IMS has one wording for three causes of a signature mismatch; `judgeCertificate` tells them apart. */
export type AssertionRefusalCode = RefusalCode | 'signature_mismatch';

interface Rule<Code> {
  readonly code: Code;
  readonly error?: string;
  readonly description?: RegExp;
  readonly status?: number;
}

// Real responses contradict Adobe's table of codes, and use 400 and 401 alike. So the rules match
// unmistakable descriptions first, regardless of the error code, and then follow the table (adobeio-auth
// "JWT.md", umapi-documentation "ConnectAPIRef.md").

const CLIENT_RULES: readonly Rule<RefusalCode>[] = [
  { description: /client_?secret/, code: 'ims_invalid_client_secret' },
  { description: /invalid client_?id/, code: 'ims_invalid_client_id' },
  { error: 'invalid_client', description: /exchange_jwt/, code: 'ims_unauthorized_client' },
  { error: 'invalid_client', description: /secret|combination/, code: 'ims_invalid_client_secret' },
  { error: 'invalid_client', description: /\baud\b|audience|environment/, code: 'ims_invalid_client' },
  { error: 'invalid_client', description: /client[ _]?id/, code: 'ims_invalid_client_id' },
  { error: 'invalid_client', description: /^$/, status: 401, code: 'ims_invalid_client_secret' },
  { error: 'invalid_client', code: 'ims_invalid_client' },
  { error: 'unauthorized_client', code: 'ims_unauthorized_client' },
  { error: 'invalid_scope', code: 'ims_invalid_scope' },
];

const ASSERTION_RULES: readonly Rule<AssertionRefusalCode>[] = [
  { description: /match jwt signature|any of the bindings/, code: 'signature_mismatch' },
  { description: /metascopes/, code: 'ims_invalid_scope' },
  { error: 'invalid_signature', code: 'signature_mismatch' },
  { error: 'invalid_jti', code: 'ims_assertion_replayed' },
  { error: 'invalid_token', description: /signature/, code: 'signature_mismatch' },
  { error: 'invalid_token', description: /expired/, code: 'ims_assertion_expired' },
  { error: 'invalid_token', code: 'ims_assertion_invalid' },
  { error: 'bad_request', code: 'ims_assertion_invalid' },
];

/** What a refusal of `client_credentials` means. */
export const clientRefusalCode = (refusal: Refusal): RefusalCode =>
  firstMatch(CLIENT_RULES, refusal) ?? 'ims_refused';

/** What a refusal of the JWT exchange means. */
export const assertionRefusalCode = (refusal: Refusal): AssertionRefusalCode =>
  firstMatch(ASSERTION_RULES, refusal) ?? clientRefusalCode(refusal);

function firstMatch<Code>(rules: readonly Rule<Code>[], refusal: Refusal): Code | undefined {
  return rules.find(
    ({ error, description, status }) =>
      (error === undefined || error === refusal.error) &&
      (description === undefined || description.test(refusal.description)) &&
      (status === undefined || status === refusal.status),
  )?.code;
}

/** Whether another secret of the same client may be accepted. A bare `invalid_client` names no cause. */
export const mayBlameSecret = (code: RefusalCode): boolean =>
  code === 'ims_invalid_client_secret' || code === 'ims_invalid_client';
