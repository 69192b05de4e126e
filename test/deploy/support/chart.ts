import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { parse, parseAllDocuments } from 'yaml';

import { GoTemplates } from './go-template.ts';

const CHART = 'deploy/helm/ims-token-service';
export const chartFile = (path: string): string => readFileSync(join(CHART, path), 'utf8');

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: unknown;
  readonly [field: string]: unknown;
}

type Tree = { [key: string]: unknown };
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(
  JSON.parse(chartFile('values.schema.json')) as object,
);

/** What the chart's schema finds wrong with the defaults changed by these values. */
export function problemsOf(values: Tree): readonly string[] {
  if (validate(withDefaults(values))) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Renders the release `tokens` in the namespace `ims`, with these values over the defaults. */
export function manifests(values: Tree): readonly Manifest[] {
  const files = readdirSync(join(CHART, 'templates')).filter((name) => name.endsWith('.yaml'));
  return files.flatMap((name) =>
    parseAllDocuments(render(name, values)).flatMap((document) => {
      if (document.errors.length > 0) throw new Error(`${name}: ${document.errors.join('\n')}`);
      const manifest = document.toJS() as Manifest | null;
      return manifest === null ? [] : [manifest];
    }),
  );
}

/** One template as it comes out. */
export function render(name: string, values: Tree): string {
  const problems = problemsOf(values);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const {
    name: Name,
    version: Version,
    appVersion: AppVersion,
  } = parse(chartFile('Chart.yaml')) as Record<string, string>;
  const templates = new GoTemplates();
  templates.parse(chartFile('templates/_helpers.tpl'));
  return templates.parse(chartFile(`templates/${name}`))({
    Values: withDefaults(values),
    Chart: { Name, Version, AppVersion },
    Release: { Name: 'tokens', Namespace: 'ims', Service: 'Helm' },
    Files: { Get: chartFile },
  });
}

const withDefaults = (values: Tree): Tree => merge(parse(chartFile('values.yaml')) as Tree, values);

/** As Helm lays values over each other: maps are merged, all else is replaced. */
function merge(under: Tree, over: Tree): Tree {
  const merged: Tree = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? merge(below, value) : value;
  }
  return merged;
}
