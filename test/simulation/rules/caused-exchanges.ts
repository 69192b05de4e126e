import type { CredentialName, TokenEvent } from '#libs/tokens';

import type { Incarnation } from '../incarnation.ts';
import type { Replica } from '../replica.ts';

/** Tells exchanges that callers caused from those that were due, by what a process says of them in order. */
export class CausedExchanges {
  readonly #caused = new WeakMap<Incarnation, Set<CredentialName>>();
  /** Whether the last token of each was one that a caller caused. */
  readonly #minted = new WeakMap<Incarnation, Set<CredentialName>>();

  /** Whether this event is about an exchange that a caller caused. Must be called once for each event. */
  hear({ incarnation }: Replica, event: TokenEvent): boolean {
    const caused = this.#caused.get(incarnation) ?? new Set();
    this.#caused.set(incarnation, caused);
    const minted = this.#minted.get(incarnation) ?? new Set();
    this.#minted.set(incarnation, minted);
    switch (event.type) {
      case 'token.rejected':
        caused.add(event.name);
        return true;
      case 'token.minted':
        minted.delete(event.name);
        if (caused.has(event.name)) minted.add(event.name);
        return caused.delete(event.name);
      // The failure of the current version is told after the token of the one before: both are the caller's.
      case 'credential.fell-back':
        if (minted.has(event.name)) caused.add(event.name);
        return minted.has(event.name);
      case 'exchange.failed':
        return caused.delete(event.name);
      default:
        if ('name' in event && event.type === 'credential.removed') caused.delete(event.name);
        return false;
    }
  }
}
