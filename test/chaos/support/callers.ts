import { Agent } from 'node:http';

import { ask } from './ask.ts';
import type { ReplicaSet } from './replica-set.ts';
import type { Replica } from './replica.ts';
import type { Site } from './site.ts';
import { CallersTally } from './callers-tally.ts';

/** How long a caller waits for a replica before it asks another, in milliseconds: a proxy's read timeout. */
const PATIENCE_MS = 1_000;

interface CallersOptions {
  /** How many ask at the same time. */
  readonly concurrency?: number;
  /** At most so many vends a second, all together; as many as the machine can where not given. */
  readonly perSecond?: number;
  /** They stop by themselves after so many vends. */
  readonly count?: number;
}

/**
 * Callers that ask the ready replicas by turns without end, and use each token at AEM at once. A replica that
 * breaks the connection or stays silent costs a detour to the next one, as with a load balancer. Only answers
 * count.
 */
export class Callers {
  readonly #site: Site;
  readonly #set: ReplicaSet;
  readonly #aem = new Agent({ keepAlive: true });
  readonly #stopping = new AbortController();
  readonly #tally: CallersTally;
  readonly #left: { count: number };
  readonly #pauseMs: number;
  readonly #calling: Promise<unknown>;
  #turn = 0;

  constructor(site: Site, set: ReplicaSet, options: CallersOptions = {}) {
    const { concurrency = 4, perSecond = Infinity, count = Infinity } = options;
    this.#site = site;
    this.#set = set;
    this.#tally = new CallersTally(site.tokenLife);
    this.#left = { count };
    this.#pauseMs = (1_000 * concurrency) / perSecond;
    this.#calling = Promise.all(Array.from({ length: concurrency }, () => this.#call()));
  }

  /** What they met so far. */
  get tally(): CallersTally {
    return this.#tally;
  }

  /** Waits until they have asked as often as they should. */
  async done(): Promise<CallersTally> {
    await this.#calling;
    this.#aem.destroy();
    return this.#tally;
  }

  async stop(): Promise<CallersTally> {
    this.#stopping.abort();
    return this.done();
  }

  async #call(): Promise<void> {
    while (!this.#stopping.signal.aborted && this.#left.count-- > 0) {
      await this.#vend();
      if (this.#pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#pauseMs));
    }
  }

  async #vend(): Promise<void> {
    const names = this.#site.credentials;
    const turn = this.#turn++;
    const name = names[turn % names.length] ?? '';
    const asked = performance.now();
    const replica = this.#next(turn);
    if (replica === undefined) {
      this.#tally.nobody();
      await new Promise((resolve) => setTimeout(resolve, 10));
      return;
    }
    try {
      const { status, text } = await replica.get(`/v1/tokens/${name}`, PATIENCE_MS);
      if (status === 200) await this.#use(name, text, asked);
      else this.#tally.refused(name, status, text);
    } catch (error) {
      this.#tally.detour(error);
      this.#left.count += 1;
    }
  }

  #next(turn: number): Replica | undefined {
    const { ready } = this.#set.probes;
    return ready[turn % ready.length];
  }

  /**
   * Uses the token at AEM. The answer counts only while `expires_in` has not passed since the caller asked,
   * because a machine that stalls for longer proves nothing.
   */
  async #use(name: string, text: string, asked: number): Promise<void> {
    const { access_token: token, expires_in: life } = JSON.parse(text) as {
      access_token: string;
      expires_in: number;
    };
    this.#tally.vended(name, token, life);
    const aem = await ask(`${this.#site.sandbox.origin}/aem/`, { agent: this.#aem, key: token }).catch(
      () => null,
    );
    const isProof = aem !== null && performance.now() - asked < life * 1_000;
    this.#tally.used(isProof ? aem.status : null, life);
  }
}
