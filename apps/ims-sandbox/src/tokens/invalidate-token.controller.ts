import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ClientAuthentication } from '../accounts/client-authentication.ts';
import { WRONG_SECRET } from '../accounts/client-refusals.ts';
import { ImsRefusalError } from '../wire/ims-refusal.ts';
import { Parameters, type RequestParameters } from '../wire/request-parameters.ts';
import { SandboxClock } from '../wire/sandbox-clock.ts';
import { TokenInvalidation } from './token-invalidation.ts';
import { MISSING_TOKEN, UNSUPPORTED_TOKEN_TYPE } from './token-refusals.ts';

/**
 * Revokes one token: `invalidate_token/v2` (aio-lib-ims, ims-go) and `revoke` (Adobe: "User authentication").
 */
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
    if (type !== 'access_token') throw new ImsRefusalError(UNSUPPORTED_TOKEN_TYPE);
    await this.#invalidate(request, parameters);
  }

  @Post('revoke')
  @HttpCode(200)
  async revoke(@Req() request: FastifyRequest, @Parameters() parameters: RequestParameters): Promise<void> {
    await this.#invalidate(request, parameters);
  }

  async #invalidate(request: FastifyRequest, parameters: RequestParameters): Promise<void> {
    // Both endpoints accept a request without a secret, and refuse a wrong one.
    const account =
      parameters.clientSecret === undefined
        ? this.#clients.identify(parameters)
        : this.#clients.authenticate(parameters, WRONG_SECRET);
    const token = parameters.first('token') ?? parameters.bearer;
    if (token === undefined) throw new ImsRefusalError(MISSING_TOKEN);
    await this.#invalidation.invalidate(token, account.clientId, this.#clock.nowMs(request));
  }
}
