import { millis } from '#libs/tokens';

import type { Random } from './random.ts';
import type { World } from './world.ts';

/** In some runs callers report current and older tokens to all replicas in bursts, beyond their budget. */
export function scheduleReports({ names, replicas, schedule }: World, random: Random, end: number): void {
  if (!random.chance(0.4)) return;
  for (let left = random.between(1, 40); left > 0; left -= 1) {
    const name = random.pick(names);
    const holder = random.pick(replicas);
    const reports = Array.from({ length: random.between(1, 12) }, () => ({
      replica: random.pick(replicas),
      caller: `caller-${random.between(1, 4)}`,
      delay: random.between(0, 20_000),
    }));
    schedule.after(random.between(0, end - 30_000), null, `callers report a token of ${name}`, () => {
      const tokenSha256 = holder.incarnation.service.tokens.get(name)?.cached?.token.sha256;
      if (tokenSha256 === undefined) return;
      for (const { replica, caller, delay } of reports) {
        const { incarnation } = replica;
        schedule.after(delay, incarnation, '', () => {
          void incarnation.service.replacement.replace(
            { name, tokenSha256, caller },
            'report',
            millis(10_000),
          );
        });
      }
    });
  }
}
