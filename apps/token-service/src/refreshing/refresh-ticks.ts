import { RefreshPlan, TokenRefresher } from '#libs/tokens';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Cron, CronExpression, Interval } from '@nestjs/schedule';

import { SourceWatch } from './source-watch.ts';

/** Short ticks that look at the clocks, instead of long timers that a suspended machine would miss. */
@Injectable()
export class RefreshTicks implements OnApplicationShutdown {
  readonly #refresher: TokenRefresher;
  readonly #plan: RefreshPlan;
  readonly #source: SourceWatch;

  constructor(
    @Inject(TokenRefresher) refresher: TokenRefresher,
    @Inject(RefreshPlan) plan: RefreshPlan,
    @Inject(SourceWatch) source: SourceWatch,
  ) {
    this.#refresher = refresher;
    this.#plan = plan;
    this.#source = source;
  }

  /** Only starts flights and waits for none, so ticks can't pile up. */
  @Interval(200)
  startDueFlights(): void {
    void this.#refresher.refreshDue();
  }

  @Cron(CronExpression.EVERY_SECOND, { waitForCompletion: true })
  async followSource(): Promise<void> {
    await this.#source.tick();
  }

  /** Somebody says that something was mended (`SIGHUP`): look at the source and try everything that waits. */
  lookNow(): void {
    this.#plan.hurry();
    this.#source.hint();
  }

  onApplicationShutdown(): void {
    this.#source.close();
  }
}
