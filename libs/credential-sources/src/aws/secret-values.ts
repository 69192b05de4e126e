import { millis, type Clock, type Millis, type SecretStage } from '#libs/tokens';

import { atOnce } from '../concurrency.ts';
import { AwsFailure } from './aws-error.ts';
import type { AwsTrouble } from './aws-trouble.ts';
import type { ListedSecret } from './listed-secret.ts';
import type { SecretReading } from './secret-reading.ts';
import type { SecretsManagerCalls } from './secrets-manager-calls.ts';

/** AWS's limit for one BatchGetSecretValue. */
const BATCH = 20;
const BATCHES_AT_ONCE = 4;
const SINGLES_AT_ONCE = 5;
/** How long a refused batch is not tried again: somebody may extend the policy. */
const BATCH_REFUSED_FOR = 600_000;
/** A failed batch whose secrets are worth reading one by one: the action is denied or missing, or one secret spoils it. */
const WORTH_READING_SINGLY: ReadonlySet<AwsTrouble> = new Set(['denied', 'unsupported', 'request']);
/** Failures of a single read that say nothing of other secrets. */
const ONE_SECRETS_OWN: ReadonlySet<AwsTrouble> = new Set(['denied', 'server', 'request']);

/** Hears what came of each secret, as soon as it is known: what was read before an outage is not read again after it. */
type ReadingListener = (secret: ListedSecret, reading: SecretReading) => void;

/** Reads values: twenty at a time, or one by one where that is not permitted. */
export class SecretValues {
  readonly #calls: SecretsManagerCalls;
  readonly #clock: Clock;
  #batchRefusedAt: Millis | null = null;

  constructor(calls: SecretsManagerCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  /** @throws SourceUnavailable for what concerns more than single secrets */
  async readAll(secrets: readonly ListedSecret[], take: ReadingListener, signal: AbortSignal): Promise<void> {
    const batches = Array.from({ length: Math.ceil(secrets.length / BATCH) }, (_, index) =>
      secrets.slice(index * BATCH, (index + 1) * BATCH),
    );
    await atOnce(BATCHES_AT_ONCE, batches, async (batch) => {
      const readings = await this.#batch(batch, signal);
      await atOnce(SINGLES_AT_ONCE, batch, async (secret) => {
        take(
          secret,
          readings.get(secret.secretId) ?? (await this.read(secret.secretId, 'AWSCURRENT', signal)),
        );
      });
    });
  }

  /** @throws SourceUnavailable for what concerns more than this secret */
  async read(secretId: string, stage: SecretStage, signal: AbortSignal): Promise<SecretReading> {
    try {
      return await this.#calls.get(secretId, stage, signal);
    } catch (error) {
      if (!(error instanceof AwsFailure && ONE_SECRETS_OWN.has(error.trouble))) throw error;
      return { status: 'refused', code: error.awsCode };
    }
  }

  /** What one call tells of them, which may be nothing. */
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
      if (!(error instanceof AwsFailure && WORTH_READING_SINGLY.has(error.trouble))) throw error;
      if (error.trouble !== 'request') this.#batchRefusedAt = this.#clock.monotonic();
      return new Map();
    }
  }

  #isBatchRefused(): boolean {
    const at = this.#batchRefusedAt;
    return at !== null && this.#clock.monotonic() < millis(at + BATCH_REFUSED_FOR);
  }
}
