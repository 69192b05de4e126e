import type { SecretsManagerClient, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';

import { printable, type SecretStage } from '#libs/tokens';

import { printableCode } from './aws-error.ts';
import { AwsFailure, type AwsAction } from './aws-failure.ts';
import { denialRemedy } from './denial.ts';
import { ListingPages, type SecretListing } from './listed-secret.ts';
import { openAwsAccess } from './open-aws-access.ts';
import { MALFORMED_ANSWER, readValue, type SecretReading } from './secret-reading.ts';

/** AWS's limit for one page of ListSecrets. */
const PAGE_SIZE = 100;
/** In characters. */
const MAX_REGION = 60;
/** In milliseconds. AWS_MAX_ATTEMPTS and AWS_RETRY_MODE configure the SDK's retries. */
const TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 5_000, socketTimeout: 5_000 };

interface Connection {
  readonly sdk: typeof import('@aws-sdk/client-secrets-manager');
  readonly client: SecretsManagerClient;
  readonly explain: Awaited<ReturnType<typeof openAwsAccess>>['explain'];
}

/**
 * The three API calls of the service, through AWS's SDK, which the first call loads. Each throws AwsFailure,
 * or AwsCredentialsFailure when there are no credentials to sign it with.
 */
export class SecretsManagerCalls {
  readonly #config: SecretsManagerClientConfig;
  #connection: Promise<Connection> | null = null;
  #pendingCredentials = 0;

  constructor(config: SecretsManagerClientConfig) {
    this.#config = config;
  }

  /** Whether a call waits for AWS credentials, not for Secrets Manager. */
  get isWaitingForCredentials(): boolean {
    return this.#pendingCredentials > 0;
  }

  /** The region of the client, for messages. */
  async region(): Promise<string> {
    this.#connection ??= connect(this.#config);
    const { client } = await this.#connection;
    return printable(await client.config.region(), MAX_REGION);
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
      const gathered = new ListingPages(prefix);
      for await (const { SecretList } of pages) {
        // A proxy that answers 200 instead of AWS must not pass for an account without secrets.
        if (!Array.isArray(SecretList) || SecretList.some(({ Name }) => Name === undefined)) {
          throw new MalformedAnswer();
        }
        gathered.add(SecretList);
      }
      return gathered.listing;
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
      // A caller may have asked by name or by ARN.
      const values = SecretValues.flatMap((value) =>
        [value.Name, value.ARN].map((id) => [id ?? '', readValue(value)] as const),
      );
      const refusals = Errors.map(({ SecretId = '', ErrorCode: code = 'unknown error', Message = '' }) => {
        const denial = denialRemedy(Message, 'secretsmanager:GetSecretValue');
        return [SecretId, { status: 'refused', code: printableCode(code), denial }] as const;
      });
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
    await this.#authenticate(action, connection);
    try {
      return await call(connection);
    } catch (error) {
      throw new AwsFailure(action, error);
    }
  }

  /** Resolves the credentials first, so that their failure does not pass for a refusal of the call. */
  async #authenticate(action: AwsAction, { client, explain }: Connection): Promise<void> {
    this.#pendingCredentials += 1;
    try {
      await client.config.credentials();
    } catch (error) {
      throw (await explain(error)) ?? new AwsFailure(action, error);
    } finally {
      this.#pendingCredentials -= 1;
    }
  }
}

class MalformedAnswer extends Error {
  override readonly name = MALFORMED_ANSWER;
}

/** Imports the SDK of several megabytes only here, because a process that reads files does not need it. */
async function connect(config: SecretsManagerClientConfig): Promise<Connection> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  const access = await openAwsAccess(TIMEOUTS);
  return {
    sdk,
    client: new sdk.SecretsManagerClient({ ...access.config, ...config }),
    explain: access.explain,
  };
}
