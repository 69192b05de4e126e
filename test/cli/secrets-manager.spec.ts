import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createImsSandbox, type ImsSandbox } from '../../apps/ims-sandbox/src/ims-sandbox.ts';
import { issueServiceCredentials } from '../ims-sandbox/support/control.ts';
import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { useFolder } from './support/folder.ts';
import { ImsToken } from './support/ims-token.ts';

const cli = new ImsToken();
const folder = useFolder();
const SECRET = 'ims/aem-dev';
let sandbox: ImsSandbox;
let aws: SecretsManager;
let documents: string[];
let env: Record<string, string>;

beforeAll(async () => {
  sandbox = await createImsSandbox();
  documents = [];
  for (let count = 0; count < 2; count += 1) {
    documents.push(JSON.stringify(await issueServiceCredentials(sandbox.origin), null, count));
  }
});
beforeEach(async () => {
  aws = await SecretsManager.start();
  env = { ...aws.env, IMS_ALLOWED_ORIGINS: sandbox.origin };
});
afterEach(() => aws.close());
afterAll(() => sandbox.close());

const put = (which: number, ...flags: string[]) =>
  cli.json(['put', 'aem-dev', '-', ...flags], { env, input: documents[which] ?? '' });
const promote = (...flags: string[]) => cli.json(['promote', 'aem-dev', ...flags], { env });
const stored = (VersionStage: string): unknown =>
  aws.perform('GetSecretValue', { SecretId: SECRET, VersionStage })['SecretString'];
const stages = (): unknown => aws.perform('DescribeSecret', { SecretId: SECRET })['VersionIdsToStages'];

describe('ims-token put', () => {
  it('creates a secret with the unchanged document, and no second version for the same document', async () => {
    const file = await folder.write('aem-dev.json', documents[1] ?? '');
    const made = await cli.run(['put', 'aem-dev', file, '--exchange'], { env });
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toContain(
      `Made ${SECRET}: version ${Object.keys(stages() as object)[0]} (AWSCURRENT)`,
    );
    expect(stored('AWSCURRENT')).toBe(documents[1]);
    const again = await put(1);
    expect(again.answer).toMatchObject({ ok: true, outcome: 'unchanged', stage: 'AWSCURRENT' });
    expect(aws.calls('PutSecretValue')).toBe(0);
    expect(cli.leaksOf(...documents)).toEqual([]);
  });

  it('sends AWS no request for a broken document', async () => {
    const input = (documents[0] ?? '').replace('ent_aem_cloud_api', 'a, b');
    const { code, stderr } = await cli.run(['put', 'aem-dev', '-'], { env, input });
    expect(code).toBe(1);
    expect(stderr).toContain('credential_invalid_field: `integration.metascopes`');
    expect(aws.calls('DescribeSecret')).toBe(0);
  });

  it('refuses --pending for a secret that does not exist', async () => {
    const { code, answer } = await put(0, '--pending');
    expect(code).toBe(1);
    expect(answer).toMatchObject({ ok: false, code: 'nothing_in_use' });
  });

  it('adds a version to an existing secret, and warns of another pending version', async () => {
    aws.put('other/aem-dev', documents[0] ?? '');
    const pending = aws.put('other/aem-dev', 'another', 'AWSPENDING');
    const { code, answer } = await put(1, '--prefix', 'other/');
    expect(code).toBe(0);
    expect(answer).toMatchObject({ outcome: 'stored', secret: 'other/aem-dev', stage: 'AWSCURRENT' });
    expect(answer).toMatchObject({ warnings: [{ code: 'other_version_pending' }] });
    expect(JSON.stringify(answer['warnings'])).toContain(pending);
    expect(aws.perform('GetSecretValue', { SecretId: 'other/aem-dev' })).toMatchObject({
      SecretString: documents[1],
      VersionId: answer['version_id'],
    });
  });
});

describe('ims-token promote', () => {
  it('puts the pending version in use after an exchange', async () => {
    const first = aws.put(SECRET, documents[0] ?? '');
    const { answer } = await put(1, '--pending');
    expect(answer).toMatchObject({ outcome: 'stored', stage: 'AWSPENDING' });
    expect(stored('AWSCURRENT')).toBe(documents[0]);
    expect((await put(1, '--pending')).answer).toMatchObject({ outcome: 'unchanged', stage: 'AWSPENDING' });

    const second = String(answer['version_id']);
    const promoted = await promote();
    expect(promoted.code).toBe(0);
    expect(promoted.answer).toMatchObject({
      outcome: 'promoted',
      version_id: second,
      previous_version_id: first,
    });
    expect(stages()).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });

    const again = await promote();
    expect(again.code).toBe(1);
    expect(again.answer).toMatchObject({ code: 'nothing_pending' });
    expect(cli.leaksOf(...documents)).toEqual([]);
  });

  it('changes nothing when IMS refuses the pending document', async () => {
    aws.put(SECRET, documents[0] ?? '');
    const wrong = (documents[1] ?? '').replace(
      /"clientSecret":\s*"[^"]+"/,
      '"clientSecret":"p8e-marked-wrong"',
    );
    aws.put(SECRET, wrong, 'AWSPENDING');
    const before = stages();
    const { code, answer } = await promote();
    expect(code).toBe(1);
    expect(answer).toMatchObject({ ok: false, code: 'ims_invalid_client_secret' });
    expect(stages()).toEqual(before);
    expect((await promote('--no-exchange')).code).toBe(0);
    expect(stored('AWSCURRENT')).toBe(wrong);
    expect(cli.leaksOf(wrong)).toEqual([]);
  });

  it('finishes an interrupted promotion', async () => {
    aws.put(SECRET, documents[0] ?? '');
    const second = aws.put(SECRET, documents[1] ?? '', 'AWSPENDING');
    aws.promote(SECRET, second);
    const { code, answer } = await promote();
    expect(code).toBe(0);
    expect(answer).toMatchObject({ outcome: 'finished', version_id: second });
    expect(stages()).toMatchObject({ [second]: ['AWSCURRENT'] });
  });
});

describe('ims-token after an AWS error', () => {
  it('names the missing permission', async () => {
    aws.put(SECRET, documents[0] ?? '');
    aws.deny('PutSecretValue');
    const { code, stderr } = await cli.run(['put', 'aem-dev', '-'], { env, input: documents[1] ?? '' });
    expect(code).toBe(1);
    expect(stderr).toContain('(AccessDeniedException)');
    expect(stderr).toContain(`Allow secretsmanager:PutSecretValue on ${SECRET}`);
  });

  it('ends with 4 while AWS throttles', async () => {
    aws.throttle('DescribeSecret');
    expect((await promote()).code).toBe(4);
  });

  it('ends with 3 when AWS is unreachable, and with 2 without a region', async () => {
    const nowhere = { ...env, AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9', AWS_MAX_ATTEMPTS: '1' };
    const unreachable = await cli.run(['promote', 'aem-dev'], { env: nowhere });
    expect(unreachable.code).toBe(3);
    expect(unreachable.stderr).toContain('ECONNREFUSED');
    const { AWS_REGION: _, ...homeless } = env;
    const lost = await cli.run(['promote', 'aem-dev'], { env: homeless });
    expect(lost.code).toBe(2);
    expect(lost.stderr).toContain('Set AWS_REGION');
  });

  it('refuses a secret that is scheduled for deletion', async () => {
    aws.put(SECRET, documents[0] ?? '');
    aws.delete(SECRET);
    const { code, answer } = await put(1);
    expect(code).toBe(1);
    expect(answer).toMatchObject({ code: 'secret_deleted' });
  });
});

describe('ims-token with a secret that it cannot change', () => {
  it('names the primary region of a replica', async () => {
    await put(0);
    aws.makeReplica(SECRET, 'us-east-1');
    for (const { code, answer } of [await put(1), await promote()]) {
      expect(code).toBe(1);
      expect(JSON.stringify(answer)).toMatch(/secret_replica.*replica of us-east-1.*put it there/);
    }
  });

  it('says that a pending version has no value yet', async () => {
    await put(0);
    await put(1, '--pending');
    aws.refuse('GetSecretValue', 'ResourceNotFoundException');
    const { code, answer } = await promote('--no-exchange');
    expect(code).toBe(1);
    expect(JSON.stringify(answer)).toMatch(/version_without_value.*no value yet/);
  });
});
