import { ReadinessProbes } from './readiness-probes.ts';
import { Replica } from './replica.ts';
import { SEALING_KEY } from '../../support/sealing-key.ts';
import type { Site } from './site.ts';

interface ReplicaSetOptions {
  readonly count?: number;
  /** Where each finds Redis; the same for all where one is given. */
  readonly redis: string | readonly string[];
  /** `all` where not given. */
  readonly role?: 'all' | 'vend' | 'refresh';
  readonly env?: Record<string, string>;
  readonly hasShiftedClocks?: boolean;
}

/** Several processes of the service on one Redis, with the probes that say whom callers are sent to. */
export class ReplicaSet {
  readonly replicas: readonly Replica[];
  readonly probes: ReadinessProbes;

  private constructor(replicas: readonly Replica[]) {
    this.replicas = replicas;
    this.probes = new ReadinessProbes(replicas);
  }

  /** Starts all at once and waits until all are ready. */
  static async start(site: Site, options: ReplicaSetOptions): Promise<ReplicaSet> {
    const { count = 3, redis, role = 'all', env = {}, hasShiftedClocks: hasShiftedClock = false } = options;
    const replicas = Array.from({ length: count }, (_, index) => {
      const url = typeof redis === 'string' ? redis : (redis[index] ?? '');
      const own = { SERVICE_ROLE: role, REDIS_URL: url, TOKEN_ENCRYPTION_KEYS: SEALING_KEY };
      return new Replica({ env: { ...site.env, ...own, ...env }, hasShiftedClock });
    });
    await Promise.all(replicas.map((replica) => replica.start()));
    const set = new ReplicaSet(replicas);
    await set.probes.allReady();
    return set;
  }

  /** One of them, counted from 0. */
  at(index: number): Replica {
    const replica = this.replicas[index];
    if (replica === undefined) throw new Error(`there is no replica ${index}`);
    return replica;
  }

  /** Restarts one replica after the other, as an orchestrator does, and waits for each to become ready. */
  async rollOver(env: Record<string, string> = {}): Promise<void> {
    for (const replica of this.replicas) {
      await replica.stop();
      await replica.start(env);
      await this.probes.allReady();
    }
  }

  /** The log lines of all that name this event. */
  events(type: string): string[] {
    return this.replicas.flatMap(({ logLines }) =>
      logLines.filter((line) => line.includes(`"event":"${type}"`)),
    );
  }

  async close(): Promise<void> {
    await this.probes.stop();
    await Promise.all(this.replicas.map((replica) => replica.kill()));
  }
}
