import { Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ImsRefusalError } from '../wire/ims-refusal.ts';
import { Parameters, type RequestParameters } from '../wire/request-parameters.ts';
import { SandboxClock } from '../wire/sandbox-clock.ts';
import type { AccessTokenClaims } from './access-token-claims.ts';
import { AccessTokenValidator, type InvalidReason } from './access-token-validator.ts';
import { MISSING_TOKEN, UNSUPPORTED_TOKEN_TYPE } from './token-refusals.ts';

/** The response of the validation. It has status 200 for an invalid token too. */
type Validation =
  | { readonly valid: true; readonly token: AccessTokenClaims }
  | { readonly valid: false; readonly reason: InvalidReason };

/** `validate_token/v1`. It accepts a bearer token (aio-lib-ims) and the form field `token` (ims-go). */
@Controller('ims/validate_token/v1')
export class ValidateTokenController {
  readonly #validator: AccessTokenValidator;
  readonly #clock: SandboxClock;

  constructor(
    @Inject(AccessTokenValidator) validator: AccessTokenValidator,
    @Inject(SandboxClock) clock: SandboxClock,
  ) {
    this.#validator = validator;
    this.#clock = clock;
  }

  @Get()
  get(@Req() request: FastifyRequest, @Parameters() parameters: RequestParameters): Promise<Validation> {
    return this.#validate(request, parameters);
  }

  @Post()
  @HttpCode(200)
  post(@Req() request: FastifyRequest, @Parameters() parameters: RequestParameters): Promise<Validation> {
    return this.#validate(request, parameters);
  }

  async #validate(request: FastifyRequest, parameters: RequestParameters): Promise<Validation> {
    const type = parameters.first('type') ?? 'access_token';
    if (type !== 'access_token') throw new ImsRefusalError(UNSUPPORTED_TOKEN_TYPE);
    const token = parameters.first('token') ?? parameters.bearer;
    if (token === undefined) throw new ImsRefusalError(MISSING_TOKEN);
    const validity = await this.#validator.validate(token, this.#clock.nowMs(request));
    return validity.valid
      ? { valid: true, token: validity.claims }
      : { valid: false, reason: validity.reason };
  }
}
