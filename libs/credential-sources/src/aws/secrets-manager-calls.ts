import type { SecretsManagerClient, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';

import type { SecretStage } from '#libs/tokens';

import { AwsFailure, type AwsAction } from './aws-error.ts';
import { readListing, type SecretListing } from './listed-secret.ts';
import { MALFORMED_ANSWER, readValue, type SecretReading } from './secret-reading.ts';

/** AWS's limit for one page of ListSecrets. */
const PAGE = 100;
/** The SDK by itself waits for ever. Its retries (AWS_MAX_ATTEMPTS, AWS_RETRY_MODE) stay its own affair. */
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

/** The three calls we make, through AWS's own SDK; it is loaded at the first. All throw AwsFailure. */
export class SecretsManagerCalls {
  readonly #config: SecretsManagerClientConfig;
  #connection: Promise<Connection> | null = null;

  constructor(config: SecretsManagerClientConfig) {
    this.#config = config;
  }

  /** All pages, or an error. */
  list(prefix: string, signal: AbortSignal): Promise<SecretListing> {
    return this.#call('ListSecrets', async ({ sdk, client }) => {
      const filters = prefix === '' ? {} : { Filters: [{ Key: 'name' as const, Values: [prefix] }] };
      const pages = sdk.paginateListSecrets(
        { client, pageSize: PAGE },
        { ...filters, IncludePlannedDeletion: false },
        { abortSignal: signal },
      );
      const entries = [];
      for await (const { SecretList } of pages) {
        // Whatever answers 200 in the place of AWS must not look like an account without secrets.
        if (!Array.isArray(SecretList) || SecretList.some(({ Name }) => Name === undefined)) {
          throw new MalformedAnswer();
        }
        entries.push(...SecretList);
      }
      return readListing(prefix, entries);
    });
  }

  /** The current values of up to 20 secrets by their names; one that the answer leaves out is in no entry. */
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

/** A process that reads files need not load an SDK of several megabytes. */
async function connect(config: SecretsManagerClientConfig): Promise<Connection> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  return { sdk, client: new sdk.SecretsManagerClient({ requestHandler: TIMEOUTS, ...config }) };
}
