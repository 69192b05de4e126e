import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ClientAuthentication } from '../grants/client-authentication.ts';
import { RefusedByIms } from '../grants/ims-refusal.ts';
import { BAD_SECRET, MISSING_TOKEN, OTHER_TOKEN_TYPE } from '../grants/refusals.ts';
import { SandboxClock } from '../sandbox-clock.ts';
import { Parameters, type RequestParameters } from '../wire/request-parameters.ts';
import { TokenInvalidation } from './token-invalidation.ts';

/** `invalidate_token/v2` (aio-lib-ims, ims-go) and `revoke` (Adobe: "User authentication"): both take one token back. */
@Controller('ims')
export class InvalidateTokenController {
  readonly #clients: ClientAuthentication;
  readonly #invalidation: TokenInvalidation;
  readonly #clock: SandboxClock;

  constructor(
    @Inject(ClientAuthentication) clients: ClientAuthentication,
    @Inject(TokenInvalidation) invalidation: TokenInvalidation,
    @Inject(SandboxClock) clock: SandboxClock,
  ) {
    this.#clients = clients;
    this.#invalidation = invalidation;
    this.#clock = clock;
  }

  @Post('invalidate_token/v2')
  @HttpCode(200)
  async invalidate(
    @Req() request: FastifyRequest,
    @Parameters() parameters: RequestParameters,
  ): Promise<void> {
    const type = parameters.first('token_type') ?? 'access_token';
    if (type !== 'access_token') throw new RefusedByIms(OTHER_TOKEN_TYPE);
    await this.#takeBack(request, parameters);
  }

  @Post('revoke')
  @HttpCode(200)
  async revoke(@Req() request: FastifyRequest, @Parameters() parameters: RequestParameters): Promise<void> {
    await this.#takeBack(request, parameters);
  }

  async #takeBack(request: FastifyRequest, parameters: RequestParameters): Promise<void> {
    // The secret is optional in both; a wrong one is not.
    const account =
      parameters.clientSecret === undefined
        ? this.#clients.identify(parameters)
        : this.#clients.authenticate(parameters, BAD_SECRET);
    const token = parameters.first('token') ?? parameters.bearer;
    if (token === undefined) throw new RefusedByIms(MISSING_TOKEN);
    await this.#invalidation.invalidate(token, account.clientId, this.#clock.nowMs(request));
  }
}
