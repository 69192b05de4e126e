import { Controller, Delete, Header, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { Origin } from '../wire/request-origin.ts';
import { CheckedQuery, JsonBody } from './checked-input.ts';
import { CredentialIssuer } from './credential-issuer.ts';
import {
  credentialRequest,
  revocationQuery,
  type CredentialRequest,
  type RevocationQuery,
} from './credential-request.ts';
import { CredentialRevoker } from './credential-revoker.ts';

/** Stands in for the two consoles where people create and revoke credentials. */
@Controller('sandbox/credentials')
export class CredentialsController {
  readonly #issuer: CredentialIssuer;
  readonly #revoker: CredentialRevoker;

  constructor(
    @Inject(CredentialIssuer) issuer: CredentialIssuer,
    @Inject(CredentialRevoker) revoker: CredentialRevoker,
  ) {
    this.#issuer = issuer;
    this.#revoker = revoker;
  }

  @Post()
  @Header('Cache-Control', 'no-store')
  issue(@JsonBody(credentialRequest) request: CredentialRequest, @Origin() origin: string): Promise<object> {
    return this.#issuer.issue(request, origin);
  }

  @Delete(':clientId')
  @HttpCode(204)
  revoke(
    @Param('clientId') clientId: string,
    @CheckedQuery(revocationQuery) query: RevocationQuery,
  ): Promise<void> {
    return this.#revoker.revoke(clientId, query);
  }
}
