import { eventually } from '../../support/eventually.ts';
import type { Replica } from './replica.ts';

const EVERY_MS = 100;
const PATIENCE_MS = 1_000;

/** One change of a replica's answer to the probe. */
interface Transition {
  readonly at: number;
  readonly origin: string;
  readonly isReady: boolean;
}

/** Probes every replica without end, as an orchestrator does. Callers ask the ready replicas. */
export class ReadinessProbes {
  readonly #replicas: readonly Replica[];
  readonly #ready = new Set<Replica>();
  /** The last answer of each process; silence is none. */
  readonly #answers = new Map<string, boolean>();
  readonly #transitions: Transition[] = [];
  readonly #stopping = new AbortController();
  readonly #probing: Promise<unknown>;

  constructor(replicas: readonly Replica[]) {
    this.#replicas = replicas;
    this.#probing = Promise.all(replicas.map((replica) => this.#probe(replica)));
  }

  /** Whom callers may be sent to at the moment. */
  get ready(): readonly Replica[] {
    return [...this.#ready];
  }

  /** Waits until the process that is there now has said so, at every place. */
  async allReady(): Promise<void> {
    await eventually(
      () => Promise.resolve(this.#replicas),
      (replicas) => replicas.every(({ origin }) => origin !== null && this.#answers.get(origin) === true),
    );
  }

  /** How often a process changed its mind within a minute at most, becoming ready at its start left out. */
  get mostTransitionsAMinute(): number {
    const counted = this.#transitions.map(
      ({ at, origin }) =>
        this.#transitions.filter(
          (other) => other.origin === origin && other.at >= at && other.at < at + 60_000,
        ).length,
    );
    return Math.max(0, ...counted);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#probing;
  }

  async #probe(replica: Replica): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const { origin } = replica;
      const isReady = await replica.get('/readyz', PATIENCE_MS).then(
        ({ status }) => status === 200,
        () => null,
      );
      if (isReady === true) this.#ready.add(replica);
      else this.#ready.delete(replica);
      if (isReady !== null && origin !== null) this.#answered(origin, isReady);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  #answered(origin: string, isReady: boolean): void {
    const before = this.#answers.get(origin);
    if (before === undefined && !isReady) return;
    if (before !== undefined && before !== isReady)
      this.#transitions.push({ at: performance.now(), origin, isReady });
    this.#answers.set(origin, isReady);
  }
}
