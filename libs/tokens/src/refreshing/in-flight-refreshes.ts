import type { CredentialName } from '../model/credential-name.ts';

/** How an attempt at a new token ended. */
export type RefreshOutcome =
  | 'renewed'
  | 'failed'
  /** Another process is at it. */
  | 'left-to-another'
  /** When its turn came there was nothing to do any more, or it was not allowed. */
  | 'unwanted';

/** The attempts at new tokens that this process has under way: one per credential at most, whoever asked for it. */
export class InFlightRefreshes {
  readonly #underWay = new Map<CredentialName, Promise<RefreshOutcome>>();
  #isClosed = false;

  get size(): number {
    return this.#underWay.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  of(name: CredentialName): Promise<RefreshOutcome> | undefined {
    return this.#underWay.get(name);
  }

  all(): Promise<RefreshOutcome>[] {
    return [...this.#underWay.values()];
  }

  /** Starts one. Only where none is under way for that credential, and not after `close`. */
  start(name: CredentialName, fly: () => Promise<RefreshOutcome>): Promise<RefreshOutcome> {
    const flight = fly().finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, flight);
    return flight;
  }

  /** Lets no more be started, and waits for those under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.all());
  }
}
