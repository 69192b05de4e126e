import { Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestLedger } from '../control/request-ledger.ts';
import { SandboxClock } from '../sandbox-clock.ts';
import { AccessTokenMint } from '../tokens/access-token-mint.ts';
import { Parameters, type RequestParameters } from '../wire/request-parameters.ts';
import { ClientAuthentication } from './client-authentication.ts';
import { RefusedByIms } from './ims-refusal.ts';
import { BAD_SECRET, NOT_PROVISIONED, OTHER_GRANT } from './refusals.ts';
import { requestedScopes } from './requested-scopes.ts';

/** What the token endpoint answers; `expires_in` is seconds, unlike the JWT exchange. */
interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'bearer';
  readonly expires_in: number;
}

/** OAuth Server-to-Server (Adobe Developer Console, "Server to Server authentication"), in the four versions in use. */
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
  ): Promise<TokenAnswer> {
    const nowMs = this.#clock.nowMs(request);
    if (parameters.first('grant_type') !== 'client_credentials') throw new RefusedByIms(OTHER_GRANT);
    const account = this.#clients.authenticate(parameters, BAD_SECRET);
    if (!account.kinds.includes('oauth')) throw new RefusedByIms(NOT_PROVISIONED);
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
