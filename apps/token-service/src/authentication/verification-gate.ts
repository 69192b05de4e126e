import type { Authentication, Sender } from '#libs/callers';

import { addressGroup, clientAddress } from '../http/client-address.ts';

/** Each takes up to 3 ms of a processor. */
const MAX_IN_PROGRESS = 8;
/** Many workloads behind one address send their tokens at once after a change of the callers file. */
const MAX_WAITING = 512;

interface Line {
  inProgress: number;
  readonly waiting: (() => void)[];
}

/**
 * Limits how many JWTs of one address (IPv4, or IPv6 network of 64 bits) are verified at the same time. The
 * next ones wait in line; those that find a full line are refused.
 */
export class VerificationGate {
  readonly #lines = new Map<string, Line>();

  /** Runs `verify` in its turn; it must not reject. */
  readonly run = async (sender: Sender, verify: () => Promise<Authentication>): Promise<Authentication> => {
    const group = addressGroup(clientAddress(sender));
    const line = this.#lines.get(group) ?? { inProgress: 0, waiting: [] };
    this.#lines.set(group, line);
    if (line.inProgress >= MAX_IN_PROGRESS) {
      if (line.waiting.length >= MAX_WAITING) return { caller: null, failure: 'verification_busy' };
      await new Promise<void>((resolve) => line.waiting.push(resolve));
    } else line.inProgress += 1;
    try {
      return await verify();
    } finally {
      this.#leave(group, line);
    }
  };

  /** Passes the place on to the next one. */
  #leave(group: string, line: Line): void {
    const next = line.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    line.inProgress -= 1;
    if (line.inProgress === 0) this.#lines.delete(group);
  }
}
