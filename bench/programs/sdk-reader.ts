/**
 * The baseline: a process that reads every secret under a prefix with AWS's SDK and does not parse the
 * values.
 */
import { readOnRequest } from './read-on-request.ts';

const BATCH = 20;
const CONCURRENT_BATCHES = 4;
const PAGE = 100;
const [prefix = ''] = process.argv.slice(2);
const values: string[] = [];

/** Loads the SDK at the first read, as the service does. */
async function connect() {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  return { sdk, client: new sdk.SecretsManagerClient() };
}
let connection: ReturnType<typeof connect> | undefined;

async function list(): Promise<string[]> {
  const { sdk, client } = await (connection ??= connect());
  const names: string[] = [];
  const filters = { Filters: [{ Key: 'name' as const, Values: [prefix] }] };
  for await (const { SecretList = [] } of sdk.paginateListSecrets({ client, pageSize: PAGE }, filters)) {
    names.push(...SecretList.map(({ Name = '' }) => Name));
  }
  return names;
}

async function readAll(names: string[]): Promise<void> {
  const { sdk, client } = await (connection ??= connect());
  const reader = async (): Promise<void> => {
    for (let batch = names.splice(0, BATCH); batch.length > 0; batch = names.splice(0, BATCH)) {
      const command = new sdk.BatchGetSecretValueCommand({ SecretIdList: batch });
      const { SecretValues = [] } = await client.send(command);
      values.push(...SecretValues.map(({ SecretString = '' }) => SecretString));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_BATCHES }, reader));
}

readOnRequest(async () => {
  const names = await list();
  // The secrets do not change, so later reads only list them.
  if (values.length === 0) await readAll(names);
  return values.length;
});
