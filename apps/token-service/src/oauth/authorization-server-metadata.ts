import type { FastifyInstance } from 'fastify';

import type { PublicUrl } from '../http/public-url.ts';
import type { AuthorizationServerMetadata } from './oauth-schema.ts';
import { sendJson } from './send-json.ts';

const PATH = '/.well-known/oauth-authorization-server';

/** What off-the-shelf clients need to know to ask for tokens (RFC 8414 §2). Scopes are left out: names of credentials are not public. */
const metadataOf = (issuer: string): AuthorizationServerMetadata => ({
  issuer,
  token_endpoint: `${issuer}/oauth/token`,
  grant_types_supported: ['client_credentials'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  response_types_supported: [],
  service_documentation: `${issuer}/docs`,
});

/** Where such clients look first; for anybody, as it says nothing but where to ask and how. */
export function registerAuthorizationServerMetadata(fastify: FastifyInstance, publicUrl: PublicUrl): void {
  // An issuer's path comes after the well-known one (RFC 8414 §3.1), though some clients put it in front.
  for (const path of new Set([PATH, PATH + publicUrl.path])) {
    fastify.get(path, (_request, reply) => sendJson(reply, JSON.stringify(metadataOf(publicUrl.href))));
  }
}
