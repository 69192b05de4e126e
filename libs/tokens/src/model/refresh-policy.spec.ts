import { describe, expect, it } from 'vitest';

import { AccessToken } from './access-token.ts';
import { RefreshPolicy } from './refresh-policy.ts';
import { instant, later, millis } from './units.ts';

const NOON = instant(Date.UTC(2026, 0, 15, 12));
const tokenOf = (value: string, life: number) => new AccessToken(value, NOON, later(NOON, millis(life)));
const shares = (policy: RefreshPolicy, life: number): number[] =>
  Array.from({ length: 2_000 }, (_, index) => {
    const token = tokenOf(`token-${index}`, life);
    return (policy.dueAt(token) - token.issuedAt) / token.life;
  });

describe('RefreshPolicy', () => {
  it.each([3_000, 10_000, 86_400_000])(
    'makes a token of %i ms due halfway through its lifetime, within a tenth',
    (life) => {
      const all = shares(new RefreshPolicy(), life);
      expect(Math.min(...all)).toBeGreaterThanOrEqual(0.45);
      expect(Math.max(...all)).toBeLessThanOrEqual(0.55);
    },
  );

  it('makes a token due at the configured share', () => {
    const all = shares(new RefreshPolicy(0.8), 86_400_000);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0.72);
    expect(Math.max(...all)).toBeLessThanOrEqual(0.88);
  });

  it('makes a token due at the same instant in every process', () => {
    const due = new RefreshPolicy().dueAt(tokenOf('token', 86_400_000));
    expect(new RefreshPolicy().dueAt(tokenOf('token', 86_400_000))).toBe(due);
  });

  it('spreads many tokens evenly', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const share of shares(new RefreshPolicy(), 86_400_000)) {
      const tenth = Math.min(9, Math.floor((share - 0.45) * 100));
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(120);
  });

  it('counts by the remaining life', () => {
    const policy = new RefreshPolicy();
    const token = tokenOf('token', 10_000);
    const untilDue = policy.dueAt(token) - NOON;
    expect(policy.untilDue(token, millis(10_000))).toBe(untilDue);
    expect(policy.untilDue(token, millis(10_000 - untilDue))).toBe(0);
    expect(policy.untilDue(token, millis(0))).toBeLessThan(0);
  });
});
