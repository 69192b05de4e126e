import { readFile } from 'node:fs/promises';

import { namesInTables } from '../../docs/tables.ts';

/** Recorded by the rules themselves: `level:metric:operation`. */
const RECORDED = /\b\w+:(\w+):\w+\b/g;
const OURS = /\bims_\w+\b/g;
/** What Prometheus makes of one histogram. */
const PART_OF_HISTOGRAM = /_(bucket|sum|count)$/;

/** The metrics in expressions that neither docs/metrics.md lists nor a recording rule records. */
export async function undocumentedMetrics(expressions: readonly string[]): Promise<string[]> {
  const documented = new Set(await namesInTables('metrics.md'));
  const rules = await readFile(new URL('../../../deploy/prometheus/rules.yml', import.meta.url), 'utf8');
  const recorded = new Set([...rules.matchAll(/^\s+- record: (\S+)$/gm)].map(([, name = '']) => name));
  const used = expressions.flatMap((expression) => [
    ...[...expression.matchAll(RECORDED)].map(([name]) => name),
    ...[...expression.replaceAll(RECORDED, '').matchAll(OURS)].map(([name]) =>
      documented.has(name) ? name : name.replace(PART_OF_HISTOGRAM, ''),
    ),
  ]);
  return [...new Set(used)].filter((name) => !documented.has(name) && !recorded.has(name));
}
