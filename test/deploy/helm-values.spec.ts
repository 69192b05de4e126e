import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { chartFile, problemsOf } from './support/chart.ts';
import { VARIANTS } from './support/chart-values.ts';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
}

const schema = JSON.parse(chartFile('values.schema.json')) as Schema;
const values: unknown = parse(chartFile('values.yaml'));

/** Every property of the schema, as a path. */
const described = (of: Schema, path: string): { readonly path: string; readonly schema: Schema }[] =>
  Object.entries(of.properties ?? {}).flatMap(([name, inner]) => [
    { path: `${path}.${name}`, schema: inner },
    ...described(inner, `${path}.${name}`),
  ]);

const at = (path: string): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], values);

it('knows a default for every value, and says what it means', () => {
  const all = described(schema, '').filter(({ path }) => path !== '.global');
  expect(all.filter((value) => at(value.path) === undefined).map(({ path }) => path)).toEqual([]);
  expect(all.filter((value) => (value.schema.description ?? '') === '').map(({ path }) => path)).toEqual([]);
});

it('refuses values that it does not know, on every level', () => {
  const open = described(schema, '').filter(
    ({ schema: inner }) => inner.properties !== undefined && inner.additionalProperties !== false,
  );
  expect([schema.additionalProperties, open]).toEqual([false, []]);
  expect(problemsOf({ ...VARIANTS.least, replicas: 3 })).toEqual([' must NOT have additional properties']);
});

it('takes the values of every variant', () => {
  expect(Object.values(VARIANTS).flatMap(problemsOf)).toEqual([]);
});

it.each([
  ['no region for AWS', {}, /aws\/region/],
  ['no secret for the source files', { credentials: { source: 'files' } }, /filesSecret/],
  [
    'a relative address of the runbooks',
    { ...VARIANTS.least, metrics: { prometheusRule: { runbookUrl: 'docs/runbooks.md' } } },
    /runbookUrl/,
  ],
  ['a role that is no ARN', { aws: { region: 'eu-west-1', roleArn: 'ims-tokens' } }, /roleArn/],
  ['AWS variables for both roles', { ...VARIANTS.least, extraEnv: { AWS_ACCESS_KEY_ID: 'x' } }, /extraEnv/],
  ['a variable that the chart sets', { ...VARIANTS.least, extraEnv: { REDIS_URL: 'x' } }, /extraEnv/],
  [
    'a release that has no time to drain',
    { ...VARIANTS.least, terminationGracePeriodSeconds: 5 },
    /termination/,
  ],
])('refuses %s', (_, wrong, problem) => {
  expect(problemsOf(wrong).join('\n')).toMatch(problem);
});
