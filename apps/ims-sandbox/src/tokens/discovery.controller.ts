import { Controller, Get } from '@nestjs/common';
import { Origin } from '../wire/request-origin.ts';

/** The discovery document. Like Adobe's, it does not list the grant client_credentials, which IMS accepts. */
@Controller('ims/.well-known/openid-configuration')
export class DiscoveryController {
  @Get()
  document(@Origin() origin: string): Record<string, unknown> {
    return {
      issuer: origin,
      authorization_endpoint: `${origin}/ims/authorize/v2`,
      token_endpoint: `${origin}/ims/token/v3`,
      userinfo_endpoint: `${origin}/ims/userinfo/v2`,
      revocation_endpoint: `${origin}/ims/revoke`,
      jwks_uri: `${origin}/ims/keys`,
      response_types_supported: ['code', 'token', 'id_token', 'code id_token', 'id_token token'],
      grant_types_supported: ['authorization_code', 'implicit_grant', 'refresh_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    };
  }
}
