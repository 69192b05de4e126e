import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import type { AwsAction } from '../../libs/credential-sources/src/aws/aws-failure.ts';

interface Policy {
  readonly Statement: readonly { readonly Action: string | readonly string[]; readonly Resource: string }[];
}

/** Every call that the service makes: the compiler holds this to the code. */
const CALLS: Readonly<Record<AwsAction, true>> = {
  BatchGetSecretValue: true,
  GetSecretValue: true,
  ListSecrets: true,
};

const policy = async (): Promise<Policy> =>
  JSON.parse(await readFile('deploy/aws/read-credentials-policy.json', 'utf8')) as Policy;

it('the policy for the refreshing role allows the calls that the service makes, and no other', async () => {
  const allowed = (await policy()).Statement.flatMap(({ Action }) => Action);
  expect(allowed.toSorted()).toEqual(Object.keys(CALLS).map((call) => `secretsmanager:${call}`));
});

it('the policy is the one that docs/credentials.md explains, but for keys of the customer', async () => {
  const [, shown = ''] =
    /```json\n(\{\n {2}"Version"[\s\S]*?)```/.exec(await readFile('docs/credentials.md', 'utf8')) ?? [];
  const explained = (JSON.parse(shown) as Policy).Statement;
  expect(explained.slice(0, 2)).toEqual((await policy()).Statement);
});
