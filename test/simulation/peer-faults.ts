import type { LineFault } from './line.ts';
import type { World } from './world.ts';

const FAULTS: readonly LineFault[] = ['refusing', 'partitioned', 'lossy', 'slow', 'mute'];

/** In runs with peers, a replica cannot reach the others well for a while. All ends by `end`. */
export function schedulePeerFaults({ replicas, schedule, peerRandom }: World, end: number): void {
  if (peerRandom === null) return;
  for (let left = peerRandom.between(0, 6); left > 0; left -= 1) {
    const start = peerRandom.between(0, end - 2);
    const length = Math.min(peerRandom.pick([3_000, 100_000, 400_000]), end - 1 - start);
    const replica = peerRandom.pick(replicas);
    const fault = peerRandom.pick(FAULTS);
    schedule.after(start, null, 'peers are hard to reach for one', () => {
      replica.peerFault = fault;
      schedule.after(length, null, 'over: peers are hard to reach', () => (replica.peerFault = 'none'));
    });
  }
}
