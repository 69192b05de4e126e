import { describe, expect, it } from 'vitest';

import { SecretsManagerFixture } from '../../../../test/support/credential-sources/secrets-manager-fixture.ts';

/** AWS's own wording, with an identity and an account that must not be printed. */
const denied = (because: string): string =>
  'User: arn:aws:sts::123456789012:assumed-role/ims/MARKED is not authorized to perform: ' +
  `secretsmanager:X on resource: * ${because}`;

describe('AwsSecretsManagerSource after a denial', () => {
  it.each([
    ['because no identity-based policy allows the secretsmanager:X action', /Allow secretsmanager:/],
    [
      'because no permissions boundary allows the secretsmanager:X action',
      /^.*permissions boundary.*does not allow/i,
    ],
    [
      'because no VPC endpoint policy allows the secretsmanager:X action',
      /policy of the VPC endpoint.*does not allow/,
    ],
    ['because no resource-based policy allows the secretsmanager:X action', /resource policy does not allow/],
    ['because no session policy allows the secretsmanager:X action', /session policy.*does not allow/],
    [
      'because no service control policy allows the secretsmanager:X action',
      /service control policy.*does not allow/,
    ],
    ['with an explicit deny in a service control policy', /explicit deny in a service control policy/],
    ['with an explicit deny in a VPC endpoint policy', /explicit deny in the policy of the VPC endpoint/],
    ['with an explicit deny in an identity-based policy', /explicit deny in a policy of the role/],
    ['with an explicit deny in a resource-based policy', /explicit deny in the secret's resource policy/],
    ['with an explicit deny', /explicit deny in a policy/],
  ])('reads %j', async (because, remedy) => {
    await using aws = await SecretsManagerFixture.make();
    aws.putMany(1);
    aws.server.refuse('ListSecrets', 'AccessDeniedException', { message: denied(because), times: 1 });
    const failure = await aws.source.list().catch(String);
    expect(failure).toMatch(remedy);
    expect(failure).toContain('secretsmanager:ListSecrets');
    expect(failure).not.toMatch(/MARKED|123456789012/);

    aws.server.refuse('GetSecretValue', 'AccessDeniedException', {
      message: denied(because),
      secret: 'ims/aem-0',
    });
    const [credential] = await aws.source.list();
    expect(credential?.content).toMatchObject({ diagnosis: expect.stringMatching(remedy) });
    expect(JSON.stringify(credential)).not.toMatch(/MARKED|123456789012/);
  });

  it.each(['Access to KMS is not allowed', 'not authorized to perform: kms:Decrypt on this resource'])(
    'names the KMS key for %j',
    async (message) => {
      await using aws = await SecretsManagerFixture.make();
      aws.putMany(1);
      aws.server.refuse('GetSecretValue', 'AccessDeniedException', { message, secret: 'ims/aem-0' });
      const [credential] = await aws.source.list();
      expect(credential?.content).toMatchObject({ diagnosis: expect.stringMatching(/KMS key.*kms:Decrypt/) });
    },
  );
});
