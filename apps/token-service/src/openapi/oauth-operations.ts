import { BASIC_CHALLENGE } from '../http/challenges.ts';
import {
  authorizationServerMetadataSchema,
  oauthErrorSchema,
  oauthTokenRequestSchema,
  oauthTokenSchema,
} from '../oauth/oauth-schema.ts';
import type { Answer, Operation } from './operation.ts';

const refusal = (status: number, description: string, headers: Record<string, string> = {}): Answer => ({
  status,
  description,
  headers: { 'Cache-Control': 'no-store', ...headers },
  content: { 'application/json': oauthErrorSchema },
});

const RETRY_AFTER = { 'Retry-After': 'Seconds' };

export const oauthOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/oauth/token',
    id: 'getTokenByOAuth',
    tag: 'OAuth',
    summary: 'The current token, for off-the-shelf OAuth clients',
    description:
      'The client credentials grant of RFC 6749 §4.4. client_id is the name of a caller, client_secret one of its keys (by Basic or in the body, not both), scope the name of one credential. A caller with a jwt sends its JWT as client_assertion in place of a key (RFC 7523 §2.2).\n\nUnknown parameters are ignored, and no known parameter may be sent twice (RFC 6749 §3.2).',
    access: 'client',
    body: {
      type: 'application/x-www-form-urlencoded',
      schema: oauthTokenRequestSchema,
      example: { grant_type: 'client_credentials', scope: 'aem-dev' },
    },
    answers: [
      {
        status: 200,
        description: 'The token',
        headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache' },
        content: { 'application/json': oauthTokenSchema },
      },
      refusal(
        400,
        'invalid_request; unsupported_grant_type; invalid_scope: no scope, several scopes, or one that this caller may not have',
      ),
      refusal(401, 'invalid_client: unknown client_id, or a wrong client_secret or client_assertion', {
        'WWW-Authenticate': BASIC_CHALLENGE,
      }),
      refusal(413, 'invalid_request: the body is larger than 8 KiB'),
      refusal(429, 'invalid_client: too many failed authentications from this address', RETRY_AFTER),
      refusal(500, 'server_error: the service failed; its log has the details'),
      refusal(
        503,
        'temporarily_unavailable: there is no valid token now, its record cannot be written, or the issuer of a client_assertion is down',
        RETRY_AFTER,
      ),
    ],
    problems: [],
  },
  {
    method: 'get',
    path: '/.well-known/oauth-authorization-server',
    id: 'getAuthorizationServerMetadata',
    tag: 'OAuth',
    summary: 'The metadata of the authorization server (RFC 8414)',
    description:
      'The issuer is PUBLIC_URL. Scopes are not listed, since the names of credentials are not public.',
    access: 'anybody',
    answers: [
      {
        status: 200,
        description: 'The metadata',
        content: { 'application/json': authorizationServerMetadataSchema },
      },
    ],
    problems: [],
  },
];
