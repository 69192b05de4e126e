import { isName, NAME_RULE } from '#libs/tokens';
import { z } from 'zod';

import { tokenDigestBodySchema } from '../tokens/actions/token-digest-body.ts';
import { MAX_WAIT_SECONDS } from '../tokens/token-query.ts';
import { tokenSchema } from '../tokens/token-schema.ts';
import type { Answer, Operation } from './operation.ts';

/** The parameters of every path that names a credential. */
export const credentialPath = z.object({
  name: z
    .string()
    .refine(isName)
    .meta({ description: `The name of a credential: ${NAME_RULE}`, examples: ['aem-dev'] }),
});

const tokenQuery = z.object({
  min_ttl: z
    .int()
    .min(0)
    .optional()
    .meta({
      description:
        "The seconds for which the token must still be valid; a value above a token's lifetime is refused with 400",
      examples: [600],
    }),
  wait: z
    .int()
    .min(1)
    .max(MAX_WAIT_SECONDS)
    .optional()
    .meta({
      description:
        'The seconds to wait for a token other than the one that If-None-Match names; after that the answer is 304',
      examples: [30],
    }),
});

const ETAG = 'W/"SHA-256 of the token", 64 hex digits';

const token = (description: string): Answer => ({
  status: 200,
  description,
  headers: { ETag: ETAG, 'Cache-Control': 'no-store' },
  content: {
    'application/json': tokenSchema,
    'text/plain': z.string().meta({ examples: ['eyJhbGciOi…'] }),
  },
});

const body = {
  type: 'application/json',
  schema: tokenDigestBodySchema,
  example: { token_sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' },
};

export const tokenOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/tokens/{name}',
    id: 'getToken',
    tag: 'Tokens',
    summary: 'The current token of a credential',
    description:
      'Answered from the memory of the process: the request waits for no other system and causes no exchange at IMS.\n\nKeep the token for refresh_in seconds, then request it again. With Accept: text/plain the answer is the bare token.',
    access: 'caller',
    parameters: {
      path: credentialPath,
      query: tokenQuery,
      header: z.object({ 'If-None-Match': z.string().optional().describe('The ETag of the token you have') }),
    },
    answers: [
      token('The token'),
      {
        status: 304,
        description: 'The token you have is the current one and meets min_ttl',
        headers: { ETag: ETAG },
      },
    ],
    problems: [
      'unauthenticated',
      'invalid_request',
      'forbidden',
      'credential_not_found',
      'starting',
      'token_unavailable',
      'token_expired',
      'min_ttl_unavailable',
      'audit_unavailable',
      'rate_limited',
    ],
  },
  {
    method: 'post',
    path: '/v1/tokens/{name}/refresh',
    id: 'reportToken',
    tag: 'Tokens',
    summary: 'Report that a token was rejected',
    description:
      'If that token is still the current one, the service fetches another, once for any number of reports. The answer is the token to use now. Needs the permissions read and refresh.',
    access: 'caller',
    parameters: { path: credentialPath },
    body,
    answers: [
      token('The token to use now'),
      {
        status: 202,
        description: 'There is no other token yet: report again after the time in Retry-After',
        headers: { 'Retry-After': 'Seconds' },
        content: { 'application/json': z.object({ status: z.literal('refreshing') }) },
      },
    ],
    problems: [
      'unauthenticated',
      'invalid_request',
      'forbidden',
      'credential_not_found',
      'conflict',
      'budget_exhausted',
      'rate_limited',
      'starting',
      'token_unavailable',
      'token_expired',
      'audit_unavailable',
    ],
  },
  {
    method: 'post',
    path: '/v1/tokens/{name}/revoke',
    id: 'revokeToken',
    tag: 'Tokens',
    summary: 'Revoke a leaked token',
    description:
      'The service publishes another token first; then IMS invalidates the leaked one, if the service still knows it. Repeating the request changes nothing. Needs the permission revoke.',
    access: 'caller',
    parameters: { path: credentialPath },
    body,
    answers: [
      {
        status: 200,
        description: 'Whether it is revoked, and the digest of the token to use now',
        content: {
          'application/json': z.object({ revoked: z.boolean(), token_sha256: z.string().nullable() }),
        },
      },
    ],
    problems: [
      'unauthenticated',
      'invalid_request',
      'forbidden',
      'credential_not_found',
      'conflict',
      'budget_exhausted',
      'rate_limited',
      'starting',
      'revocation_failed',
    ],
  },
];
