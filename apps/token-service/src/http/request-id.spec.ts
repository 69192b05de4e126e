import { describe, expect, it } from 'vitest';

import { requestIdOf, traceIdOf } from './request-id.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

describe('requestIdOf', () => {
  it('returns X-Request-Id', () => {
    expect(requestIdOf({ headers: { 'x-request-id': 'build-7/step:3', traceparent } })).toBe(
      'build-7/step:3',
    );
  });

  it('returns the trace id without X-Request-Id', () => {
    expect(requestIdOf({ headers: { traceparent } })).toBe(TRACE);
    expect(traceIdOf({ traceparent: `cc-${TRACE}-00f067aa0ba902b7-01-more` })).toBe(TRACE);
  });

  it('returns a new id each time without both', () => {
    expect(requestIdOf({ headers: {} })).toMatch(/^[0-9a-f]{12}-\d+$/);
    expect(requestIdOf({ headers: {} })).not.toBe(requestIdOf({ headers: {} }));
  });

  it.each(['', ' ', 'a b', '"', 'a\u0007', 'ä', 'x'.repeat(129)])(
    'returns a new id when X-Request-Id is %j',
    (given) => {
      expect(requestIdOf({ headers: { 'x-request-id': given } })).toMatch(/^[0-9a-f]{12}-\d+$/);
    },
  );

  it.each([
    '',
    TRACE,
    `ff-${TRACE}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${TRACE}-00f067aa0ba902b7-01x`,
  ])('takes no trace from %j', (text) => {
    expect(traceIdOf({ traceparent: text })).toBeNull();
  });
});
