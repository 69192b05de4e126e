import { randomUUID } from 'node:crypto';

import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { SecretStage } from '#libs/tokens';

import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { awsFailure, codeOf } from './aws-failure.ts';

const CALL_TIMEOUT = 30_000;
/** The SDK by itself waits for ever. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** The versions that carry AWS's labels; null where none does. */
export interface LabelledVersions {
  readonly current: string | null;
  readonly pending: string | null;
}

/** One credential's secret in AWS Secrets Manager. Every call throws CommandFailure where AWS does not do it in time. */
export class CredentialSecret {
  readonly name: string;
  readonly #aws: SecretsManager;

  private constructor(name: string, aws: SecretsManager) {
    this.name = name;
    this.#aws = aws;
  }

  /** Through AWS's own SDK and whatever environment that reads; loaded here, since it has several megabytes. */
  static async open(name: string): Promise<CredentialSecret> {
    const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
    try {
      return new CredentialSecret(name, new SecretsManager({ requestHandler: TIMEOUTS }));
    } catch (error) {
      throw awsFailure('GetSecretValue', name, error);
    }
  }

  /** Null where there is no such secret. */
  async versions(): Promise<LabelledVersions | null> {
    const secret = await this.#call('DescribeSecret', async (limits) => {
      try {
        return await this.#aws.describeSecret({ SecretId: this.name }, limits);
      } catch (error) {
        if (codeOf(error) === 'ResourceNotFoundException') return null;
        throw error;
      }
    });
    if (secret === null) return null;
    if (secret.DeletedDate !== undefined) throw scheduledForDeletion(this.name);
    const versions = Object.entries(secret.VersionIdsToStages ?? {});
    const holder = (stage: SecretStage): string | null =>
      versions.find(([, stages]) => stages.includes(stage))?.[0] ?? null;
    return { current: holder('AWSCURRENT'), pending: holder('AWSPENDING') };
  }

  /** What a version holds. */
  async read(versionId: string): Promise<Uint8Array> {
    const value = await this.#call('GetSecretValue', (limits) =>
      this.#aws.getSecretValue({ SecretId: this.name, VersionId: versionId }, limits),
    );
    return value.SecretBinary ?? Buffer.from(value.SecretString ?? '');
  }

  /** Makes the secret, with its first version. Returns the version's id. */
  create(document: string): Promise<string> {
    const id = randomUUID();
    const secret = { Name: this.name, SecretString: document, ClientRequestToken: id };
    return this.#call('CreateSecret', (limits) => this.#aws.createSecret(secret, limits)).then(
      ({ VersionId }) => VersionId ?? id,
    );
  }

  /** Adds a version and gives it the label. Returns its id. */
  async add(document: string, stage: SecretStage): Promise<string> {
    // Chosen here, so that a call which the SDK repeats makes one version.
    const id = randomUUID();
    const version = {
      SecretId: this.name,
      SecretString: document,
      ClientRequestToken: id,
      VersionStages: [stage],
    };
    await this.#call('PutSecretValue', (limits) => this.#aws.putSecretValue(version, limits));
    return id;
  }

  /** Moves or takes away a label. AWS refuses where `from` no longer has it: somebody else was quicker. */
  async moveLabel(
    stage: SecretStage,
    { from, to }: { from: string | null; to: string | null },
  ): Promise<void> {
    const move = {
      SecretId: this.name,
      VersionStage: stage,
      ...(from === null ? {} : { RemoveFromVersionId: from }),
      ...(to === null ? {} : { MoveToVersionId: to }),
    };
    await this.#call('UpdateSecretVersionStage', (limits) =>
      this.#aws.updateSecretVersionStage(move, limits),
    );
  }

  async #call<T>(action: string, call: (limits: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    try {
      return await call({ abortSignal: AbortSignal.timeout(CALL_TIMEOUT) });
    } catch (error) {
      throw awsFailure(action, this.name, error);
    }
  }
}

const scheduledForDeletion = (name: string): CommandFailure =>
  new CommandFailure({
    code: 'secret_deleted',
    diagnosis: `${name} is scheduled for deletion. Bring it back first: aws secretsmanager restore-secret --secret-id ${name}`,
    exitCode: EXIT.bad,
  });
