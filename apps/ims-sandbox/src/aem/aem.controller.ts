import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestLedger } from '../ledger/request-ledger.ts';
import { AccessTokenValidator } from '../tokens/access-token-validator.ts';
import { bearerToken } from '../wire/basic-credentials.ts';
import { SandboxClock } from '../wire/sandbox-clock.ts';
import { INVALID_TOKEN, MISSING_TOKEN, GatewayRefusalError } from './gateway-refusal.ts';

/** The response of the stand-in to a request with a valid token. */
interface AemResponse {
  readonly path: string;
  readonly technicalAccount: string;
  readonly clientId: string;
}

/** Stands in for an AEM as a Cloud Service author or publish: accepts a valid token at every path. */
@Controller('aem')
export class AemController {
  readonly #validator: AccessTokenValidator;
  readonly #clock: SandboxClock;
  readonly #ledger: RequestLedger;

  constructor(
    @Inject(AccessTokenValidator) validator: AccessTokenValidator,
    @Inject(SandboxClock) clock: SandboxClock,
    @Inject(RequestLedger) ledger: RequestLedger,
  ) {
    this.#validator = validator;
    this.#clock = clock;
    this.#ledger = ledger;
  }

  @Get(['', '*'])
  @Header('Cache-Control', 'no-store')
  async get(@Req() request: FastifyRequest): Promise<AemResponse> {
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) throw new GatewayRefusalError(MISSING_TOKEN);
    const validity = await this.#validator.validate(token, this.#clock.nowMs(request));
    if (!validity.valid) throw new GatewayRefusalError(INVALID_TOKEN);
    const { client_id: clientId, user_id: technicalAccount } = validity.claims;
    this.#ledger.identified(request, clientId);
    return { path: request.url.split('?')[0] ?? '', technicalAccount, clientId };
  }
}
