import type { Clock, TokenStore } from '#libs/tokens';

import { scheduleReports } from './callers-reports.ts';
import { endFaults, scheduleFaults } from './faults.ts';
import { schedulePeerFaults } from './peer-faults.ts';
import { Random } from './random.ts';
import { BoundedOwnAccount } from './rules/bounded-own-account.ts';
import { CallersBudget } from './rules/callers-budget.ts';
import { NoExpiredToken } from './rules/no-expired-token.ts';
import { NoRemovedCredential } from './rules/no-removed-credential.ts';
import { OneExchangeAWindow } from './rules/one-exchange-a-window.ts';
import { Recovery } from './rules/recovery.ts';
import { RisingGenerations } from './rules/rising-generations.ts';
import { LIFE } from './simulated-ims.ts';
import { Trace } from './trace.ts';
import { Violation } from './violation.ts';
import { withVirtualTimers } from './virtual-timers.ts';
import { World } from './world.ts';

/** What a run may be asked to do otherwise. */
export interface Options {
  readonly isTraced?: boolean;
  /** Builds the store the replicas share. */
  readonly makeStore?: (clock: Clock) => TokenStore;
  /** Whether callers may report tokens; by default they may. */
  readonly withReports?: boolean;
}

/** What a run came to. */
export interface Outcome {
  readonly steps: number;
  readonly trace: Trace;
}

/** Three to five lives of a token with faults, then almost two without. */
const CALM = 1.8 * LIFE;
const REPORTS = 1_000_003;

/**
 * Runs the protocol once: everything that happens follows from the seed.
 * @throws Violation with the seed, the step, what happened last and how to see it again
 */
export async function simulate(
  seed: number,
  { isTraced = false, makeStore, withReports = true }: Options = {},
): Promise<Outcome> {
  const trace = new Trace(isTraced);
  const world = new World(seed, trace, makeStore);
  const { schedule, random } = world;
  const calmFrom = random.between(3, 5) * LIFE;
  const recovery = new Recovery(world, calmFrom);
  const rules = [
    new NoExpiredToken(world),
    new NoRemovedCredential(world),
    new RisingGenerations(world),
    new OneExchangeAWindow(world),
    new BoundedOwnAccount(world),
    new CallersBudget(world),
    recovery,
  ];
  scheduleFaults(world, calmFrom);
  schedulePeerFaults(world, calmFrom);
  // Chance of its own, so that faults of a seed are the same with reports and without.
  if (withReports) scheduleReports(world, new Random(seed + REPORTS), calmFrom);
  schedule.after(calmFrom, null, 'all faults are over', () => endFaults(world));
  schedule.after(calmFrom + CALM, null, 'the end', () => recovery.checkAgreement());
  try {
    await withVirtualTimers(schedule, async () => {
      while (await schedule.advance(calmFrom + CALM)) for (const rule of rules) rule.check();
    });
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    const where = `seed ${seed}, step ${schedule.step}`;
    throw new Violation(
      `${error.message}\n${where}; again with: npm run simulate -- --seed ${seed}\n${trace.toString()}`,
    );
  }
  return { steps: schedule.step, trace };
}
