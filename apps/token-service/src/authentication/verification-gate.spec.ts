import type { Authentication } from '#libs/callers';
import { setImmediate as turn } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { VerificationGate } from './verification-gate.ts';

const DONE: Authentication = { caller: null, failure: 'invalid_token' };

const from = (ip: string) => ({ ip, socket: { remoteAddress: '127.0.0.1' } });

/** Sends verifications through a gate; each ends when the test says so. */
class Flood {
  readonly #gate: VerificationGate;
  readonly #ends: (() => void)[] = [];
  readonly outcomes: string[] = [];
  started = 0;

  constructor(gate: VerificationGate) {
    this.#gate = gate;
  }

  async send(count: number, addressOf: (index: number) => string): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      void this.#gate
        .run(from(addressOf(index)), () => this.#verify())
        .then(({ caller, ...rest }) => this.outcomes.push(caller === null ? JSON.stringify(rest) : ''));
    }
    await turn();
  }

  /** Ends all verifications in progress, and those that start then, until none is left. */
  async endAll(): Promise<void> {
    while (this.#ends.length > 0) {
      for (const end of this.#ends.splice(0)) end();
      await turn();
    }
  }

  count(failure: string): number {
    return this.outcomes.filter((outcome) => outcome === JSON.stringify({ failure })).length;
  }

  #verify(): Promise<Authentication> {
    this.started += 1;
    return new Promise((resolve) => this.#ends.push(() => resolve(DONE)));
  }
}

describe('VerificationGate', () => {
  it.each([
    ['one IPv4 address', () => '192.0.2.1'],
    ['one IPv4 address in two forms', (index: number) => (index % 2 ? '192.0.2.1' : '::ffff:192.0.2.1')],
    ['one IPv6 network of 64 bits', (index: number) => `2001:db8::${index.toString(16)}`],
    ['addresses that are none', () => 'unknown'],
  ])('verifies 8 JWTs of %s at once, makes 512 wait and refuses the others', async (_, addressOf) => {
    const gate = new VerificationGate();
    const flood = new Flood(gate);
    await flood.send(1_000, addressOf);
    expect(flood.started).toBe(8);
    expect(flood.count('verification_busy')).toBe(1_000 - 8 - 512);
    const other = new Flood(gate);
    await other.send(1, () => '203.0.113.9');
    expect(other.started).toBe(1);
    await flood.endAll();
    expect(flood.started).toBe(520);
    expect(flood.count('invalid_token')).toBe(520);
  });

  it('starts again with 8 after a flood', async () => {
    const gate = new VerificationGate();
    const flood = new Flood(gate);
    for (let round = 1; round <= 3; round += 1) {
      await flood.send(20, () => '192.0.2.1');
      expect(flood.started).toBe((round - 1) * 20 + 8);
      await flood.endAll();
      expect(flood.started).toBe(round * 20);
    }
  });
});
