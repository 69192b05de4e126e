import { millis, type Clock, type Millis, type SecretStage } from '#libs/tokens';

import type { AwsErrorKind } from './aws-error.ts';
import { AwsFailure } from './aws-failure.ts';
import { forEachConcurrently } from './concurrency.ts';
import type { ListedSecret } from './listed-secret.ts';
import type { SecretReading } from './secret-reading.ts';
import type { SecretsManagerCalls } from './secrets-manager-calls.ts';

/** AWS's limit for one BatchGetSecretValue. */
const BATCH_SIZE = 20;
const MAX_CONCURRENT_BATCHES = 4;
/** For each batch. */
const MAX_CONCURRENT_READS = 5;
/**
 * Milliseconds until the next batch after a refused one. An administrator may extend the policy in the
 * meantime.
 */
const BATCH_RETRY_AFTER = 600_000;
/**
 * After these errors single reads may succeed: the action is denied or missing, or one secret fails the whole
 * batch.
 */
const FALL_BACK_TO_SINGLE_READS: ReadonlySet<AwsErrorKind> = new Set(['denied', 'unsupported', 'request']);
/** Errors of a single read that concern this secret alone. */
const CONCERNS_ONE_SECRET: ReadonlySet<AwsErrorKind> = new Set(['denied', 'server', 'request']);

/** Receives each reading at once, so that an outage during a listing loses no reading that came before it. */
type ReadingListener = (secret: ListedSecret, reading: SecretReading) => void;

/** Reads the values of secrets: twenty in one call, or one by one when the batch is not permitted. */
export class SecretValues {
  readonly #calls: SecretsManagerCalls;
  readonly #clock: Clock;
  #batchRefusedAt: Millis | null = null;

  constructor(calls: SecretsManagerCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  /** @throws SourceUnavailable for an error that concerns more than single secrets */
  async readAll(secrets: readonly ListedSecret[], take: ReadingListener, signal: AbortSignal): Promise<void> {
    const batches = Array.from({ length: Math.ceil(secrets.length / BATCH_SIZE) }, (_, index) =>
      secrets.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
    );
    await forEachConcurrently(MAX_CONCURRENT_BATCHES, batches, async (batch) => {
      const readings = await this.#batch(batch, signal);
      await forEachConcurrently(MAX_CONCURRENT_READS, batch, async (secret) => {
        take(
          secret,
          readings.get(secret.secretId) ?? (await this.read(secret.secretId, 'AWSCURRENT', signal)),
        );
      });
    });
  }

  /** @throws SourceUnavailable for an error that concerns more than this secret */
  async read(secretId: string, stage: SecretStage, signal: AbortSignal): Promise<SecretReading> {
    try {
      return await this.#calls.get(secretId, stage, signal);
    } catch (error) {
      if (!(error instanceof AwsFailure && CONCERNS_ONE_SECRET.has(error.kind))) throw error;
      return { status: 'refused', code: error.awsCode, denial: error.denial };
    }
  }

  /** The readings of one call, by secret name. Secrets without a reading are read one by one. */
  async #batch(
    secrets: readonly ListedSecret[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, SecretReading>> {
    if (this.#isBatchRefused()) return new Map();
    try {
      return await this.#calls.batch(
        secrets.map(({ secretId }) => secretId),
        signal,
      );
    } catch (error) {
      if (!(error instanceof AwsFailure && FALL_BACK_TO_SINGLE_READS.has(error.kind))) throw error;
      if (error.kind !== 'request') this.#batchRefusedAt = this.#clock.monotonic();
      return new Map();
    }
  }

  #isBatchRefused(): boolean {
    const at = this.#batchRefusedAt;
    return at !== null && this.#clock.monotonic() < millis(at + BATCH_RETRY_AFTER);
  }
}
