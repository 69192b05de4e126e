import { JWT_ALGORITHMS } from '#libs/callers';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

import { PublicUrl } from '../http/public-url.ts';
import type { AuthorizationServerMetadata } from './oauth-schema.ts';
import { sendJson } from './send-json.ts';

const PATH = '/.well-known/oauth-authorization-server';

/**
 * The metadata for OAuth clients (RFC 8414 §2). It lists no scopes, because the names of credentials are not
 * public.
 */
const metadataOf = (issuer: string): AuthorizationServerMetadata => ({
  issuer,
  token_endpoint: `${issuer}/oauth/token`,
  grant_types_supported: ['client_credentials'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: JWT_ALGORITHMS,
  response_types_supported: [],
  service_documentation: `${issuer}/docs`,
});

/** `GET /.well-known/oauth-authorization-server`, without authentication (RFC 8414 §3). */
@Injectable()
export class AuthorizationServerMetadataRoute {
  readonly #publicUrl: PublicUrl;

  constructor(@Inject(PublicUrl) publicUrl: PublicUrl) {
    this.#publicUrl = publicUrl;
  }

  register(fastify: FastifyInstance): void {
    const publicUrl = this.#publicUrl;
    // The path of an issuer comes after the well-known path (RFC 8414 §3.1); some clients put it in front.
    for (const path of new Set([PATH, PATH + publicUrl.path])) {
      fastify.get(path, (_request, reply) => sendJson(reply, JSON.stringify(metadataOf(publicUrl.href))));
    }
  }
}
