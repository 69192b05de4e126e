import type { CredentialName } from '../model/credential-name.ts';
import type { RefreshResult } from '../model/refresh-result.ts';
import { SingleFlight } from '../model/single-flight.ts';

/** How an attempt at a new token ended. */
export type RefreshOutcome =
  | { readonly kind: 'renewed' }
  | { readonly kind: 'failed' }
  /** Another process holds the lease. */
  | { readonly kind: 'left-to-another' }
  /** When the lease was acquired there was nothing left to do. */
  | { readonly kind: 'unwanted' }
  /** The caller that caused the attempt may not cause an exchange. */
  | { readonly kind: 'refused'; readonly result: RefreshResult };

/** The attempts at new tokens that run in this process: at most one per credential, for every cause. */
export class InFlightRefreshes {
  readonly #refreshes = new SingleFlight<CredentialName, RefreshOutcome>();
  #isClosed = false;

  get size(): number {
    return this.#refreshes.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  of(name: CredentialName): Promise<RefreshOutcome> | undefined {
    return this.#refreshes.get(name);
  }

  all(): Promise<RefreshOutcome>[] {
    return this.#refreshes.all();
  }

  /** Joins the attempt for this credential, or starts one. Not after `close`. */
  start(name: CredentialName, refresh: () => Promise<RefreshOutcome>): Promise<RefreshOutcome> {
    return this.#refreshes.run(name, refresh);
  }

  /** Marks that no more attempts may start, and waits for the running ones. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.all());
  }
}
