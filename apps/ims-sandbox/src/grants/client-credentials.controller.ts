import { Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ClientAuthentication } from '../accounts/client-authentication.ts';
import { WRONG_SECRET } from '../accounts/client-refusals.ts';
import { RequestLedger } from '../ledger/request-ledger.ts';
import { AccessTokenMint } from '../tokens/access-token-mint.ts';
import { ImsRefusalError } from '../wire/ims-refusal.ts';
import { Parameters, type RequestParameters } from '../wire/request-parameters.ts';
import { SandboxClock } from '../wire/sandbox-clock.ts';
import { NOT_PROVISIONED, UNSUPPORTED_GRANT_TYPE } from './grant-refusals.ts';
import { requestedScopes } from './requested-scopes.ts';

/** The response of the token endpoint. `expires_in` is in seconds, unlike in the JWT exchange. */
interface TokenResponse {
  readonly access_token: string;
  readonly token_type: 'bearer';
  readonly expires_in: number;
}

/**
 * The client_credentials grant for OAuth Server-to-Server (Adobe Developer Console, "Server to Server
 * authentication"), in the four versions in use.
 */
@Controller('ims/token')
export class ClientCredentialsController {
  readonly #clients: ClientAuthentication;
  readonly #mint: AccessTokenMint;
  readonly #clock: SandboxClock;
  readonly #ledger: RequestLedger;

  constructor(
    @Inject(ClientAuthentication) clients: ClientAuthentication,
    @Inject(AccessTokenMint) mint: AccessTokenMint,
    @Inject(SandboxClock) clock: SandboxClock,
    @Inject(RequestLedger) ledger: RequestLedger,
  ) {
    this.#clients = clients;
    this.#mint = mint;
    this.#clock = clock;
    this.#ledger = ledger;
  }

  @Post(['v1', 'v2', 'v3', 'v4'])
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async token(
    @Req() request: FastifyRequest,
    @Parameters() parameters: RequestParameters,
  ): Promise<TokenResponse> {
    const nowMs = this.#clock.nowMs(request);
    if (parameters.first('grant_type') !== 'client_credentials')
      throw new ImsRefusalError(UNSUPPORTED_GRANT_TYPE);
    const account = this.#clients.authenticate(parameters, WRONG_SECRET);
    if (!account.kinds.includes('oauth')) throw new ImsRefusalError(NOT_PROVISIONED);
    const scopes = requestedScopes(parameters.first('scope'), account.scopes);
    const { accessToken, lifetimeMs } = await this.#mint.mint(account, scopes, nowMs);
    this.#ledger.issued(request);
    return {
      access_token: accessToken,
      token_type: 'bearer',
      expires_in: Math.floor((lifetimeMs - 1) / 1000),
    };
  }
}
