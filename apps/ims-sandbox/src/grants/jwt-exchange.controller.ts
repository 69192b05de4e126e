import { Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ClientAuthentication } from '../accounts/client-authentication.ts';
import { WRONG_SECRET_IN_EXCHANGE } from '../accounts/client-refusals.ts';
import { RequestLedger } from '../ledger/request-ledger.ts';
import { AccessTokenMint } from '../tokens/access-token-mint.ts';
import { ImsRefusalError } from '../wire/ims-refusal.ts';
import { Origin } from '../wire/request-origin.ts';
import { Parameters, type RequestParameters } from '../wire/request-parameters.ts';
import { SandboxClock } from '../wire/sandbox-clock.ts';
import { AssertionCheck } from './assertion-check.ts';
import { MISSING_ASSERTION, NO_EXCHANGE_SCOPE } from './grant-refusals.ts';

/** The response of the exchange. Here `expires_in` is in milliseconds, unlike in every other response. */
interface ExchangeResponse {
  readonly token_type: 'bearer';
  readonly access_token: string;
  readonly expires_in: number;
}

/** The JWT bearer exchange (Adobe: "JWT Authentication Reference"), at each path that clients use. */
@Controller('ims/exchange')
export class JwtExchangeController {
  readonly #clients: ClientAuthentication;
  readonly #check: AssertionCheck;
  readonly #mint: AccessTokenMint;
  readonly #clock: SandboxClock;
  readonly #ledger: RequestLedger;

  constructor(
    @Inject(ClientAuthentication) clients: ClientAuthentication,
    @Inject(AssertionCheck) check: AssertionCheck,
    @Inject(AccessTokenMint) mint: AccessTokenMint,
    @Inject(SandboxClock) clock: SandboxClock,
    @Inject(RequestLedger) ledger: RequestLedger,
  ) {
    this.#clients = clients;
    this.#check = check;
    this.#mint = mint;
    this.#clock = clock;
    this.#ledger = ledger;
  }

  // The router ignores a trailing slash, so `/ims/exchange/jwt/` matches too.
  @Post(['jwt', 'v1/jwt'])
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async exchange(
    @Req() request: FastifyRequest,
    @Parameters() parameters: RequestParameters,
    @Origin() origin: string,
  ): Promise<ExchangeResponse> {
    const nowMs = this.#clock.nowMs(request);
    const account = this.#clients.authenticate(parameters, WRONG_SECRET_IN_EXCHANGE);
    if (!account.kinds.includes('jwt')) throw new ImsRefusalError(NO_EXCHANGE_SCOPE);
    const jwt = parameters.first('jwt_token');
    if (jwt === undefined) throw new ImsRefusalError(MISSING_ASSERTION);
    const metascopes = await this.#check.metascopes(jwt, account, origin, nowMs);
    const { accessToken, lifetimeMs } = await this.#mint.mint(account, metascopes, nowMs);
    this.#ledger.issued(request);
    return { token_type: 'bearer', access_token: accessToken, expires_in: lifetimeMs - 1 };
  }
}
