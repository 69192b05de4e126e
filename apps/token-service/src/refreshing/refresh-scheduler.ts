import { CertificateWatch, PendingTrials, RefreshPlan, TokenRefresher } from '#libs/tokens';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { oneAtATime } from '../scheduling/one-at-a-time.ts';
import { SourcePoller } from './source-poller.ts';

/** Short ticks that look at the clocks, instead of long timers that a suspended machine would miss. */
@Injectable()
export class RefreshScheduler implements BeforeApplicationShutdown {
  readonly #refresher: TokenRefresher;
  readonly #plan: RefreshPlan;
  readonly #source: SourcePoller;
  readonly #trials: PendingTrials;
  readonly #look: () => Promise<void>;

  constructor(
    @Inject(TokenRefresher) refresher: TokenRefresher,
    @Inject(RefreshPlan) plan: RefreshPlan,
    @Inject(SourcePoller) source: SourcePoller,
    @Inject(PendingTrials) trials: PendingTrials,
    @Inject(CertificateWatch) certificates: CertificateWatch,
  ) {
    this.#refresher = refresher;
    this.#plan = plan;
    this.#source = source;
    this.#trials = trials;
    this.#look = oneAtATime(async () => {
      await source.tick();
      await certificates.check();
    });
  }

  /** Only starts flights and waits for none, so ticks can't pile up. */
  @Interval(200)
  startDueRefreshes(): void {
    void this.#refresher.refreshDue();
    void this.#trials.tryPending();
  }

  @Interval(1_000)
  followSource(): Promise<void> {
    return this.#look();
  }

  /** Somebody says that something was mended (`SIGHUP`): look at the source and try everything that waits. */
  async lookNow(): Promise<void> {
    this.#plan.resetBackOff();
    await this.#source.lookNow();
  }

  /** Before the store is let go of: flights under way publish what they get and give their leases back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#source.close();
    await this.#refresher.stop();
  }
}
