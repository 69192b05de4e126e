import { ExchangeFailure, instant, millis, type TokenEvent } from '#libs/tokens';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';

import { named, tokenOf } from '../../../../test/support/tokens/documents.ts';
import { ImsOutageLog } from './ims-outage.ts';
import { logTokenEvent } from './token-event-log.ts';

type Code = ExchangeFailure['code'];

let now: number;
let lines: Record<string, unknown>[];
let emit: (event: TokenEvent) => void;

beforeEach(() => {
  now = Date.parse('2026-11-28T10:00:00Z');
  lines = [];
  const log = pino(
    { level: 'info', base: null, formatters: { level: (level) => ({ level }) } },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const outages = new ImsOutageLog(log, () => now);
  emit = (event) => {
    outages.record(event);
    logTokenEvent(log, event, outages.covers(event) ? 'debug' : 'error');
  };
});

const nameOf = (index: number) => named(`credential-${index}`);
const fail = (index: number, code: Code = 'ims_unavailable', retryable = true): void =>
  emit({
    type: 'exchange.failed',
    name: nameOf(index),
    failure: new ExchangeFailure({ code, diagnosis: 'a diagnosis', retryable }),
    took: millis(10),
    nextAttemptAt: instant(now),
    failuresInARow: 1,
  });
const mint = (index: number): void =>
  emit({
    type: 'token.minted',
    name: nameOf(index),
    token: tokenOf('a-token'),
    version: 'v1',
    took: millis(10),
    clockSkew: null,
  });
const eventsAbove = (level: string): unknown[] =>
  lines.filter((line) => line['level'] !== level).map(({ event }) => event);

describe('an outage of IMS with 300 credentials', () => {
  const all = Array.from({ length: 300 }, (_, index) => index);

  it.each(['ims_unavailable', 'ims_unreachable', 'ims_timeout', 'ims_throttled'] as const)(
    'is one event when it begins and one when it ends, with counts: %s',
    (code) => {
      for (let round = 0; round < 10; round += 1) {
        for (const index of all) fail(index, code);
        now += 27_000;
      }
      for (const index of all) mint(index);
      expect(eventsAbove('info')).toEqual(['exchange.failed', 'exchange.failed', 'ims.down', 'ims.up']);
      expect(lines.find(({ event }) => event === 'ims.down')).toMatchObject({
        level: 'error',
        since: '2026-11-28T10:00:00.000Z',
        credentials_failing: 3,
        code,
        diagnosis: 'a diagnosis',
      });
      expect(lines.find(({ event }) => event === 'ims.up')).toMatchObject({
        since: '2026-11-28T10:00:00.000Z',
        lasted_seconds: 270,
        credentials_affected: 300,
        credentials_failing: 1,
        failed_attempts: 3_000,
      });
    },
  );

  it('is not over while credentials fail, though others succeed', () => {
    for (const index of all) fail(index);
    for (const index of all.slice(100)) mint(index);
    fail(200);
    expect(eventsAbove('info')).not.toContain('ims.up');
  });

  it('ends although one credential fails for a reason of its own, which is logged again', () => {
    for (const index of all) fail(index);
    for (const index of all.slice(1)) mint(index);
    fail(0);
    expect(eventsAbove('info').slice(-2)).toEqual(['ims.up', 'exchange.failed']);
  });

  it('leaves refusals of a single credential in the log, as they need a person', () => {
    for (const index of all) fail(index);
    fail(7, 'ims_certificate_expired', false);
    fail(8, 'credential_key_mismatch', false);
    expect(eventsAbove('info').slice(-2)).toEqual(['exchange.failed', 'exchange.failed']);
  });

  it('ends when the failing credentials are removed, and a second one is a second pair', () => {
    for (const index of [0, 1, 2]) fail(index);
    for (const index of [0, 1]) emit({ type: 'credential.removed', name: nameOf(index) });
    for (const index of [2, 3, 4]) fail(index);
    mint(2);
    mint(3);
    const outages = eventsAbove('info').filter((event) => String(event).startsWith('ims.'));
    expect(outages).toEqual(['ims.down', 'ims.up', 'ims.down', 'ims.up']);
  });
});

describe('fewer failing credentials than an outage has', () => {
  it.each([
    ['two of them, often', () => [0, 1, 0, 1, 0].map((index) => fail(index)), 5],
    [
      'many, each refused for itself',
      () => [0, 1, 2, 3].map((index) => fail(index, 'ims_invalid_scope', false)),
      4,
    ],
    ['one after the other', () => [0, 1, 2, 3].map((index) => [fail(index), mint(index)]), 4],
  ])('are logged one by one: %s', (_, happen, count) => {
    happen();
    expect(eventsAbove('info')).toEqual(Array.from({ length: count }, () => 'exchange.failed'));
  });
});
