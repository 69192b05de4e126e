import { randomUUID } from 'node:crypto';

import type { SecretsManager } from '@aws-sdk/client-secrets-manager';

import { openAwsAccess, printableVersion, readAwsError } from '#libs/credential-sources';
import { printable, type SecretStage } from '#libs/tokens';

import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { awsFailure } from './aws-failure.ts';

/** In characters. */
const MAX_REGION = 60;
/** In milliseconds, for a call with the SDK's retries. */
const CALL_TIMEOUT = 30_000;
/** In milliseconds, for one request. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 10_000, socketTimeout: 10_000 };

/** The versions with AWS's labels AWSCURRENT and AWSPENDING, each null without that label. */
export interface LabelledVersions {
  readonly current: string | null;
  readonly pending: string | null;
}

/**
 * One credential's secret in AWS Secrets Manager. Every method throws CommandFailure when AWS refuses or does
 * not answer.
 */
export class CredentialSecret {
  readonly name: string;
  readonly #aws: SecretsManager;

  private constructor(name: string, aws: SecretsManager) {
    this.name = name;
    this.#aws = aws;
  }

  /** Imports AWS's SDK of several megabytes, which reads its own environment variables and files. */
  static async open(name: string): Promise<CredentialSecret> {
    const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
    const { config, explain } = await openAwsAccess(TIMEOUTS);
    try {
      const aws = new SecretsManager(config);
      // Before the first call, so that missing credentials do not pass for a refusal of that call.
      await aws.config.credentials().catch(async (error: unknown) => {
        throw (await explain(error)) ?? error;
      });
      return new CredentialSecret(name, aws);
    } catch (error) {
      throw awsFailure('GetSecretValue', name, error);
    }
  }

  /** Null when there is no such secret. */
  async versions(): Promise<LabelledVersions | null> {
    const secret = await this.#call('DescribeSecret', async (limits) => {
      try {
        return await this.#aws.describeSecret({ SecretId: this.name }, limits);
      } catch (error) {
        if (readAwsError(error).code === 'ResourceNotFoundException') return null;
        throw error;
      }
    });
    if (secret === null) return null;
    if (secret.DeletedDate !== undefined) throw scheduledForDeletion(this.name);
    const { PrimaryRegion: primary } = secret;
    if (primary !== undefined && primary !== (await this.#aws.config.region())) {
      throw replicaOf(this.name, printable(primary, MAX_REGION));
    }
    const versions = Object.entries(secret.VersionIdsToStages ?? {});
    const holder = (stage: SecretStage): string | null =>
      versions.find(([, stages]) => stages.includes(stage))?.[0] ?? null;
    return { current: printableOrNull(holder('AWSCURRENT')), pending: printableOrNull(holder('AWSPENDING')) };
  }

  /** The value of a version. */
  async read(versionId: string): Promise<Uint8Array> {
    const value = await this.#call('GetSecretValue', async (limits) => {
      try {
        return await this.#aws.getSecretValue({ SecretId: this.name, VersionId: versionId }, limits);
      } catch (error) {
        if (readAwsError(error).code === 'ResourceNotFoundException') return null;
        throw error;
      }
    });
    if (value === null) throw withoutValue(this.name, versionId);
    return value.SecretBinary ?? Buffer.from(value.SecretString ?? '');
  }

  /** Creates the secret with its first version. Returns the id of the version. */
  create(document: string): Promise<string> {
    const id = randomUUID();
    const secret = { Name: this.name, SecretString: document, ClientRequestToken: id };
    return this.#call('CreateSecret', (limits) => this.#aws.createSecret(secret, limits)).then(
      ({ VersionId }) => VersionId ?? id,
    );
  }

  /** Adds a version with the label. Returns its id. */
  async add(document: string, stage: SecretStage): Promise<string> {
    // With an id of its own, a request that the SDK repeats creates one version.
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

  /**
   * Moves or removes a label. AWS refuses when `from` no longer has the label, because another process moved
   * it first.
   */
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

const printableOrNull = (version: string | null): string | null =>
  version === null ? null : printableVersion(version);

const scheduledForDeletion = (name: string): CommandFailure =>
  new CommandFailure({
    code: 'secret_deleted',
    diagnosis: `${name} is scheduled for deletion. Restore it first: aws secretsmanager restore-secret --secret-id ${name}`,
    exitCode: EXIT.bad,
  });

/** AWS accepts changes in the primary region only, and copies them to the replicas. */
const replicaOf = (name: string, region: string): CommandFailure =>
  new CommandFailure({
    code: 'secret_replica',
    diagnosis: `${name} is a replica of ${region} here: put it there, with AWS_REGION=${region}. AWS copies it within seconds.`,
    exitCode: EXIT.bad,
  });

/** A rotation function creates the version first and stores its value later. */
const withoutValue = (name: string, versionId: string): CommandFailure =>
  new CommandFailure({
    code: 'version_without_value',
    diagnosis:
      `Version ${versionId} of ${name} has a label, but no value yet. Wait for the rotation that created it, or store a ` +
      'document with: ims-token put NAME FILE --pending',
    exitCode: EXIT.bad,
  });
