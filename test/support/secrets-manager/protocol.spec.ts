import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SecretsManager } from './secrets-manager.ts';

const CURRENT = 'AWSCURRENT';

// Checks the tests' own Secrets Manager with AWS's SDK, against AWS's documentation.
describe('the local Secrets Manager', () => {
  let server: SecretsManager;
  let client: SecretsManagerClient;
  const stagesOf = async (SecretId: string) =>
    (await client.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages;

  beforeAll(async () => {
    server = await SecretsManager.start();
    client = new SecretsManagerClient(server.clientConfig);
  });
  afterAll(() => server.close());

  it('stores text and bytes', async () => {
    await client.send(new CreateSecretCommand({ Name: 'a/text', SecretString: 'täxt' }));
    await client.send(new CreateSecretCommand({ Name: 'a/bytes', SecretBinary: Buffer.from([0, 255]) }));
    const text = await client.send(new GetSecretValueCommand({ SecretId: 'a/text' }));
    const bytes = await client.send(new GetSecretValueCommand({ SecretId: 'a/bytes' }));
    expect(text).toMatchObject({ Name: 'a/text', SecretString: 'täxt', VersionStages: [CURRENT] });
    expect([...(bytes.SecretBinary ?? [])]).toEqual([0, 255]);
    expect(text.CreatedDate).toBeInstanceOf(Date);
  });

  it('moves its labels like AWS during a rotation', async () => {
    const SecretId = 'b/rotated';
    const first = await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: '1' }));
    const put = { SecretId, SecretString: '2', VersionStages: ['AWSPENDING'] };
    const second = await client.send(new PutSecretValueCommand(put));
    const [one = '', two = ''] = [first.VersionId, second.VersionId];
    expect(await stagesOf(SecretId)).toEqual({ [one]: [CURRENT], [two]: ['AWSPENDING'] });
    const move = { SecretId, VersionStage: CURRENT, MoveToVersionId: two };
    await expect(client.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await client.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: one }));
    expect(await stagesOf(SecretId)).toEqual({ [one]: ['AWSPREVIOUS'], [two]: ['AWSPENDING', CURRENT] });
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: '3' }));
    expect(
      Object.values((await stagesOf(SecretId)) ?? {})
        .flat()
        .sort(),
    ).toEqual([CURRENT, 'AWSPENDING', 'AWSPREVIOUS']);
    expect(
      await client.send(new GetSecretValueCommand({ SecretId, VersionStage: 'AWSPREVIOUS' })),
    ).toMatchObject({
      SecretString: '2',
    });
  });

  it('accepts a request token once', async () => {
    const put = { SecretId: 'c/token', ClientRequestToken: 'token-of-32-characters-or-so-1234' };
    await client.send(new CreateSecretCommand({ Name: put.SecretId, SecretString: '1' }));
    await client.send(new PutSecretValueCommand({ ...put, SecretString: '2' }));
    expect(await client.send(new PutSecretValueCommand({ ...put, SecretString: '2' }))).toMatchObject({
      VersionId: put.ClientRequestToken,
    });
    await expect(client.send(new PutSecretValueCommand({ ...put, SecretString: '3' }))).rejects.toMatchObject(
      {
        name: 'ResourceExistsException',
      },
    );
  });

  it('returns no value of a secret that is marked for deletion or missing', async () => {
    const SecretId = 'd/deleted';
    await client.send(new CreateSecretCommand({ Name: SecretId, SecretString: '1' }));
    await client.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
    const get = () => client.send(new GetSecretValueCommand({ SecretId }));
    await expect(get()).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await client.send(new RestoreSecretCommand({ SecretId }));
    expect(await get()).toMatchObject({ SecretString: '1' });
    await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('refuses an unsigned request', async () => {
    const answer = await fetch(server.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'secretsmanager.ListSecrets', 'content-type': 'application/x-amz-json-1.1' },
      body: '{}',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });
});
