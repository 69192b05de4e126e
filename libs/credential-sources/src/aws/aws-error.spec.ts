import { describe, expect, it } from 'vitest';

import { readAwsError } from './aws-error.ts';
import { AwsFailure } from './aws-failure.ts';

/** An error that the SDK makes of an answer. */
const answer = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error('MARKED'), { name, $fault: 'client', $metadata: { httpStatusCode } });
const network = (code: string): Error => Object.assign(new Error('MARKED'), { code });

describe('readAwsError', () => {
  it.each([
    [answer('AccessDeniedException', 400), 'denied'],
    [answer('Throttling', 400), 'throttled'],
    [answer('Whatever', 429), 'throttled'],
    [answer('InternalFailure', 500), 'server'],
    [answer('InternalFailure', 501), 'unsupported'],
    [answer('Whatever', 501), 'unsupported'],
    [answer('Whatever', 503), 'server'],
    [answer('Whatever', 400), 'request'],
    [answer('constructor', 400), 'request'],
    [network('ECONNREFUSED'), 'unreachable'],
    [network('EAI_AGAIN'), 'unreachable'],
    [network('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'unreachable'],
    [network('DEPTH_ZERO_SELF_SIGNED_CERT'), 'unreachable'],
    [network('ERR_TLS_CERT_ALTNAME_INVALID'), 'unreachable'],
    [Object.assign(new Error('MARKED'), { name: 'TimeoutError' }), 'unreachable'],
    [new SyntaxError('MARKED'), 'unknown'],
    ['MARKED', 'unknown'],
  ])('classifies %s as %s', (error, kind) => {
    expect(readAwsError(error).kind).toBe(kind);
  });
});

describe('AwsFailure', () => {
  it('never quotes the error of the SDK', () => {
    for (const error of [
      answer('SignatureDoesNotMatch', 403),
      network('EPIPE'),
      new Error('MARKED'),
      'MARKED',
    ]) {
      const failure = new AwsFailure('ListSecrets', error);
      expect(failure.message).not.toContain('MARKED');
      expect(failure.cause).toBeUndefined();
      expect(failure.message).toMatch(/\. [A-Z].*\.$/);
    }
  });
});
