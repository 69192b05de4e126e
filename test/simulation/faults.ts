import type { LineFault } from './line.ts';
import type { Random } from './random.ts';
import type { ImsFault } from './simulated-ims.ts';
import type { World } from './world.ts';

/** Begins something, and returns how it ends. */
type Fault = (world: World, random: Random) => () => void;

const LINE_FAULTS: readonly LineFault[] = ['refusing', 'partitioned', 'lossy', 'slow', 'mute'];
const IMS_FAULTS: readonly ImsFault[] = ['unreachable', 'unavailable', 'throttled', 'slow'];
const nothing = (): void => undefined;

/** Everything that can go wrong, each by itself for a while. */
const FAULTS: Record<string, Fault> = {
  'the store is hard to reach for some': ({ replicas }, random) => {
    const fault = random.pick(LINE_FAULTS);
    const affected = random.chance(0.3) ? replicas : [random.pick(replicas)];
    for (const replica of affected) replica.storeFault = fault;
    return () => affected.forEach((replica) => (replica.storeFault = 'none'));
  },
  'the source is hard to reach for one': ({ replicas }, random) => {
    const replica = random.pick(replicas);
    replica.sourceFault = random.pick(LINE_FAULTS);
    return () => (replica.sourceFault = 'none');
  },
  'messages get lost or are late': ({ replicas }, random) => {
    for (const replica of replicas) replica.hintsLost = random.next();
    return () => replicas.forEach((replica) => (replica.hintsLost = 0));
  },
  'the store loses everything': (world) => {
    void world.lose(Infinity);
    return nothing;
  },
  'the store fails over and loses its last writes': (world, random) => {
    void world.lose(random.between(1, 10));
    return nothing;
  },
  'IMS is in trouble': ({ ims }, random) => {
    ims.fault = random.pick(IMS_FAULTS);
    return () => (ims.fault = 'none');
  },
  'neither the store nor IMS answers': ({ replicas, ims }, random) => {
    for (const replica of replicas) replica.storeFault = 'refusing';
    ims.fault = random.pick(['unreachable', 'unavailable']);
    return () => {
      for (const replica of replicas) replica.storeFault = 'none';
      ims.fault = 'none';
    };
  },
  'a process is paused': ({ replicas }, random) => {
    random.pick(replicas).pause(random.between(1_000, 120_000), random.chance(0.3));
    return nothing;
  },
  'a process dies': ({ replicas }, random) => {
    const replica = random.pick(replicas);
    replica.kill();
    return () => replica.startAnew();
  },
  'a clock is a little off': ({ replicas }, random) => {
    const replica = random.pick(replicas);
    replica.setClock(random.between(-19_000, 19_000));
    return () => replica.setClock(0);
  },
  'a clock jumps': ({ replicas }, random) => {
    const replica = random.pick(replicas);
    replica.setClock(random.between(-3_000_000, 3_000_000));
    return () => replica.setClock(0);
  },
  'a document is replaced': ({ source, names }, random) => {
    const name = random.pick(names);
    if (source.get(name) !== undefined)
      source.rotate(name, random.pick(['good', 'good', 'refused', 'broken']));
    return nothing;
  },
  'a credential is removed': ({ source, names, schedule }, random) => {
    const name = random.pick(names);
    if (source.get(name) === undefined) return nothing;
    source.drop(name, schedule.now);
    return () => {
      if (source.get(name) === undefined && random.chance(0.7)) source.rotate(name, 'good');
    };
  },
};

/** A seed has some kinds of faults only, so that each rule is also checked without. All end by `end`. */
export function scheduleFaults(world: World, end: number): void {
  const { random, schedule } = world;
  for (const [what, fault] of Object.entries(FAULTS)) {
    if (!random.chance(0.35)) continue;
    for (let left = random.between(1, 6); left > 0; left -= 1) {
      const start = random.between(0, end - 2);
      const length = Math.min(random.pick([3_000, 30_000, 100_000, 400_000, 1_500_000]), end - 1 - start);
      schedule.after(start, null, what, () => {
        const stop = fault(world, random);
        schedule.after(length, null, `over: ${what}`, stop);
      });
    }
  }
}

/** Ends every fault. */
export function endFaults({ replicas, ims, source, names }: World): void {
  for (const replica of replicas) {
    replica.storeFault = 'none';
    replica.sourceFault = 'none';
    replica.hintsLost = 0;
    replica.setClock(0);
    replica.startAnew();
  }
  ims.fault = 'none';
  for (const name of names) {
    const worth = source.worth(name);
    if (worth === 'refused' || worth === 'broken') source.rotate(name, 'good');
  }
}
