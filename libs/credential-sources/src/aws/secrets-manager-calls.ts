import type { SecretsManagerClient, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';

import type { SecretStage } from '#libs/tokens';

import { AwsFailure, type AwsAction } from './aws-failure.ts';
import { readListing, type SecretListing } from './listed-secret.ts';
import { MALFORMED_ANSWER, readValue, type SecretReading } from './secret-reading.ts';

/** AWS's limit for one page of ListSecrets. */
const PAGE_SIZE = 100;
/**
 * In milliseconds. The SDK has no timeout by default. AWS_MAX_ATTEMPTS and AWS_RETRY_MODE configure its
 * retries.
 */
const TIMEOUTS = {
  connectionTimeout: 2_000,
  requestTimeout: 5_000,
  throwOnRequestTimeout: true,
  socketTimeout: 5_000,
};

interface Connection {
  readonly sdk: typeof import('@aws-sdk/client-secrets-manager');
  readonly client: SecretsManagerClient;
}

/**
 * The three API calls of the service, through AWS's SDK, which the first call loads. Each throws AwsFailure.
 */
export class SecretsManagerCalls {
  readonly #config: SecretsManagerClientConfig;
  #connection: Promise<Connection> | null = null;

  constructor(config: SecretsManagerClientConfig) {
    this.#config = config;
  }

  /** Lists all pages, or fails. */
  list(prefix: string, signal: AbortSignal): Promise<SecretListing> {
    return this.#call('ListSecrets', async ({ sdk, client }) => {
      const filters = prefix === '' ? {} : { Filters: [{ Key: 'name' as const, Values: [prefix] }] };
      const pages = sdk.paginateListSecrets(
        { client, pageSize: PAGE_SIZE },
        { ...filters, IncludePlannedDeletion: false },
        { abortSignal: signal },
      );
      const entries = [];
      for await (const { SecretList } of pages) {
        // A proxy that answers 200 instead of AWS must not pass for an account without secrets.
        if (!Array.isArray(SecretList) || SecretList.some(({ Name }) => Name === undefined)) {
          throw new MalformedAnswer();
        }
        entries.push(...SecretList);
      }
      return readListing(prefix, entries);
    });
  }

  /**
   * Reads the current values of up to 20 secrets, by name. The map has no entry for a secret that the answer
   * omits.
   */
  batch(secretIds: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, SecretReading>> {
    return this.#call('BatchGetSecretValue', async ({ sdk, client }) => {
      const command = new sdk.BatchGetSecretValueCommand({ SecretIdList: [...secretIds] });
      const { SecretValues = [], Errors = [] } = await client.send(command, { abortSignal: signal });
      const values = SecretValues.map((value) => [value.Name ?? '', readValue(value)] as const);
      const refusals = Errors.map(
        ({ SecretId = '', ErrorCode: code = 'unknown error' }) =>
          [SecretId, { status: 'refused', code }] as const,
      );
      return new Map<string, SecretReading>([...refusals, ...values]);
    });
  }

  get(secretId: string, stage: SecretStage, signal: AbortSignal): Promise<SecretReading> {
    return this.#call('GetSecretValue', async ({ sdk, client }) => {
      const command = new sdk.GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
      return readValue(await client.send(command, { abortSignal: signal }));
    });
  }

  async #call<T>(action: AwsAction, call: (connection: Connection) => Promise<T>): Promise<T> {
    this.#connection ??= connect(this.#config);
    const connection = await this.#connection;
    try {
      return await call(connection);
    } catch (error) {
      throw new AwsFailure(action, error);
    }
  }
}

class MalformedAnswer extends Error {
  override readonly name = MALFORMED_ANSWER;
}

/** Imports the SDK of several megabytes only here, for a process that reads files does not need it. */
async function connect(config: SecretsManagerClientConfig): Promise<Connection> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  return { sdk, client: new sdk.SecretsManagerClient({ requestHandler: TIMEOUTS, ...config }) };
}
