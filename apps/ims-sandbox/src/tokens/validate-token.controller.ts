import { Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RefusedByIms } from '../grants/ims-refusal.ts';
import { MISSING_TOKEN, OTHER_TOKEN_TYPE } from '../grants/refusals.ts';
import { SandboxClock } from '../sandbox-clock.ts';
import { Parameters, type RequestParameters } from '../wire/request-parameters.ts';
import { AccessTokenCheck, type DeadReason } from './access-token-check.ts';
import type { AccessTokenClaims } from './access-token-claims.ts';

/** The verdict on a token; an invalid token is a 200 as well. */
type Validation =
  | { readonly valid: true; readonly token: AccessTokenClaims }
  | { readonly valid: false; readonly reason: DeadReason };

/** `validate_token/v1`, as aio-lib-ims (bearer) and ims-go (form field `token`) call it. */
@Controller('ims/validate_token/v1')
export class ValidateTokenController {
  readonly #check: AccessTokenCheck;
  readonly #clock: SandboxClock;

  constructor(@Inject(AccessTokenCheck) check: AccessTokenCheck, @Inject(SandboxClock) clock: SandboxClock) {
    this.#check = check;
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
    if (type !== 'access_token') throw new RefusedByIms(OTHER_TOKEN_TYPE);
    const token = parameters.first('token') ?? parameters.bearer;
    if (token === undefined) throw new RefusedByIms(MISSING_TOKEN);
    const standing = await this.#check.standing(token, this.#clock.nowMs(request));
    return standing.live
      ? { valid: true, token: standing.claims }
      : { valid: false, reason: standing.reason };
  }
}
