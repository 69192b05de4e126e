import { describe, expect, it } from 'vitest';

import { EXIT } from '../exit-codes.ts';
import { awsFailure } from './aws-failure.ts';

/** An error that the SDK makes of an answer. */
const answer = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error('MARKED'), { name, $fault: 'client', $metadata: { httpStatusCode } });
const network = (code: string): Error => Object.assign(new Error('MARKED'), { code });
const named = (name: string): Error => Object.assign(new Error('MARKED'), { name });

describe('awsFailure', () => {
  it.each([
    [new Error('Region is missing'), EXIT.usage, 'Set AWS_REGION'],
    [network('ERR_INVALID_URL'), EXIT.usage, 'must be a URL'],
    [named('CredentialsProviderError'), EXIT.usage, 'aws sso login'],
    [answer('ExpiredTokenException', 400), EXIT.bad, 'sign in again'],
    [answer('InvalidSignatureException', 400), EXIT.bad, 'sign in again'],
    [answer('RequestTimeTooSkewed', 403), EXIT.bad, "machine's clock"],
    [answer('AccessDeniedException', 400), EXIT.bad, 'Allow secretsmanager:PutSecretValue on ims/aem-dev'],
    [answer('ThrottlingException', 400), EXIT.notNow, 'Try again'],
    [answer('InternalServiceError', 500), EXIT.notNow, 'AWS itself failed'],
    [answer('SomethingNew', 503), EXIT.notNow, 'AWS itself failed'],
    [answer('InternalFailure', 501), EXIT.bad, 'API reference'],
    [answer('LimitExceededException', 400), EXIT.bad, 'API reference'],
    [network('ECONNREFUSED'), EXIT.unreachable, 'VPC endpoint'],
    [named('AbortError'), EXIT.unreachable, 'VPC endpoint'],
    ['MARKED', EXIT.unreachable, 'VPC endpoint'],
  ])('explains %s with exit code %d', (error, exitCode, remedy) => {
    const failure = awsFailure('PutSecretValue', 'ims/aem-dev', error);
    expect(failure).toMatchObject({ code: 'aws_failed', exitCode });
    expect(failure.message).toContain(remedy);
    expect(failure.message).not.toContain('MARKED');
  });
});
