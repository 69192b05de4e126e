/** The baseline: AWS's SDK reads every secret under a prefix, and nobody looks at the values. A process of its own, told over IPC when. */
import { answerLooks } from './answer-looks.ts';

const BATCH = 20;
const BATCHES_AT_ONCE = 4;
const PAGE = 100;
const [prefix = ''] = process.argv.slice(2);
const values: string[] = [];

/** Loaded at the first look, as in the service. */
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
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, reader));
}

answerLooks(async () => {
  const names = await list();
  // Nothing changes in between, so that later looks only list.
  if (values.length === 0) await readAll(names);
  return values.length;
});
