import { Controller, Get, Inject } from '@nestjs/common';
import { RequestLedger, type LedgerReport } from '../ledger/request-ledger.ts';

/** Lists the requests that reached this IMS, for tests to check. */
@Controller('sandbox/requests')
export class RequestsController {
  readonly #ledger: RequestLedger;

  constructor(@Inject(RequestLedger) ledger: RequestLedger) {
    this.#ledger = ledger;
  }

  @Get()
  report(): LedgerReport {
    return this.#ledger.report();
  }
}
