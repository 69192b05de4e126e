import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestLedger } from '../control/request-ledger.ts';
import { SandboxClock } from '../sandbox-clock.ts';
import { AccessTokenCheck } from '../tokens/access-token-check.ts';
import { bearerToken } from '../wire/basic-credentials.ts';
import { INVALID_TOKEN, MISSING_TOKEN, RefusedByGateway } from './gateway-refusal.ts';

/** What the stand-in says to a caller it let in. */
interface AemAnswer {
  readonly path: string;
  readonly technicalAccount: string;
  readonly clientId: string;
}

/** Stands in for an AEM as a Cloud Service author or publish: it lets a live token in, whatever the path. */
@Controller('aem')
export class AemController {
  readonly #check: AccessTokenCheck;
  readonly #clock: SandboxClock;
  readonly #ledger: RequestLedger;

  constructor(
    @Inject(AccessTokenCheck) check: AccessTokenCheck,
    @Inject(SandboxClock) clock: SandboxClock,
    @Inject(RequestLedger) ledger: RequestLedger,
  ) {
    this.#check = check;
    this.#clock = clock;
    this.#ledger = ledger;
  }

  @Get(['', '*'])
  @Header('Cache-Control', 'no-store')
  async get(@Req() request: FastifyRequest): Promise<AemAnswer> {
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) throw new RefusedByGateway(MISSING_TOKEN);
    const standing = await this.#check.standing(token, this.#clock.nowMs(request));
    if (!standing.live) throw new RefusedByGateway(INVALID_TOKEN);
    const { client_id: clientId, user_id: technicalAccount } = standing.claims;
    this.#ledger.identified(request, clientId);
    return { path: request.url.split('?')[0] ?? '', technicalAccount, clientId };
  }
}
