import { z } from 'zod';

import {
  instant,
  millis,
  untilFree,
  type CredentialName,
  type ExchangeCause,
  type ExchangeLimits,
  type Spending,
} from '#libs/tokens';

import { readSignedValue, type SignedValues } from './signed-value.ts';

/** More than the exchanges that a window can have: each attempt fails because of another exchange. */
const MAX_ATTEMPTS = 24;

const spentSchema = z.array(z.object({ at: z.number(), caller: z.string() }));
type Spent = z.infer<typeof spentSchema>;

interface Expense {
  readonly name: CredentialName;
  readonly cause: ExchangeCause;
  readonly caller: string;
}

/**
 * Takes one exchange out of the budget at `key`, by the clock of Redis. A budget that no process has signed
 * refuses nothing.
 * @throws StoreUnavailable
 */
export async function spendRedisExchange(
  values: SignedValues,
  key: string,
  { name, cause, caller }: Expense,
  limits: ExchangeLimits,
): Promise<Spending> {
  return values.connection.run(async (redis) => {
    for (let attempt = 0; ; attempt += 1) {
      const value = await readSignedValue(redis, values, { key, kind: 'budget', place: [name, cause] });
      const isRecent = ({ at }: Spent[number]): boolean => Math.abs(value.now - at) < limits.window;
      const recent = parseSpent(value.text).filter(isRecent);
      const own = recent.filter((each) => each.caller === caller);
      const wait = (spent: Spent, most: number): number =>
        untilFree(spent.at(-most)?.at, limits.window, value.now);
      const retryAfter = Math.max(wait(own, limits.perCaller), wait(recent, limits.perCredential));
      const granted = retryAfter === 0;
      const spent = granted ? [...recent, { at: value.now, caller }] : recent;
      // Only a writer without the keys changes it more often: the budgets of the processes go on then.
      const isOver = !granted || attempt >= MAX_ATTEMPTS;
      if (!isOver && !(await value.replace(JSON.stringify(spent), limits.window))) continue;
      return {
        granted,
        retryAfter: millis(retryAfter),
        allMustWait: millis(wait(spent, limits.perCredential)),
        spentAt: spent.map(({ at }) => instant(at)),
      };
    }
  });
}

/** The exchanges of a signed text, oldest first. */
function parseSpent(text: string | null): Spent {
  const parsed = text === null ? null : spentSchema.safeParse(JSON.parse(text));
  return (parsed?.data ?? []).toSorted((one, other) => one.at - other.at);
}
