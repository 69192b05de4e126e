import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { asSet } from '../docs/tables.ts';
import { promtool } from '../support/promtool.ts';
import { undocumentedMetrics } from './support/metric-names.ts';

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

interface AlertTest {
  readonly alertname: string;
  readonly exp_alerts: readonly unknown[];
}

const root = new URL('../../', import.meta.url);
const path = (name: string): string => fileURLToPath(new URL(`deploy/prometheus/${name}`, root));
const text = (name: string): Promise<string> => readFile(new URL(name, root), 'utf8');

const { groups } = parse(await text('deploy/prometheus/rules.yml')) as { groups: { rules: Rule[] }[] };
const { tests } = parse(await text('deploy/prometheus/rules.test.yml')) as {
  tests: { alert_rule_test: AlertTest[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const alerts = rules.filter((rule) => rule.alert !== undefined);
const names = asSet(alerts.map(({ alert }) => alert ?? ''));

describe('deploy/prometheus/rules.yml', () => {
  it('is what Prometheus takes', async () => {
    expect(await promtool(['check', 'rules', path('rules.yml')])).toContain(`${rules.length} rules found`);
  });

  it('fires when it has to, and keeps still otherwise', async () => {
    expect(await promtool(['test', 'rules', path('rules.test.yml')])).toContain('SUCCESS');
    // It evaluates every rule at each minute of several days.
  }, 300_000);

  it('has a test of each alert firing, and one of it keeping still', () => {
    const expected = tests.flatMap((group) => group.alert_rule_test);
    const named = (isFiring: boolean): string[] =>
      asSet(
        expected.filter((test) => test.exp_alerts.length > 0 === isFiring).map(({ alertname }) => alertname),
      );
    expect(names.length).toBeGreaterThan(10);
    expect(named(true)).toEqual(names);
    expect(named(false)).toEqual(names);
  });

  it('says of each alert how bad it is, what it is about, and where to read on', () => {
    for (const { alert = '', for: patience, labels, annotations } of alerts) {
      expect([alert, labels?.['severity']]).toEqual([
        alert,
        expect.stringMatching(/^(critical|warning|info)$/),
      ]);
      expect([alert, patience]).toEqual([alert, expect.stringMatching(/^\d+[mh]$/)]);
      expect(annotations).toEqual({
        summary: expect.any(String) as string,
        description: expect.any(String) as string,
        runbook_url: `https://git.example/ims-token-service/docs/runbooks.md#${alert.toLowerCase()}`,
      });
    }
  });

  it('has a section in the runbooks for each alert, and none for another', async () => {
    const sections = [...(await text('docs/runbooks.md')).matchAll(/^## (.*)$/gm)].map(
      ([, title = '']) => title,
    );
    expect(sections).toEqual(alerts.map(({ alert }) => alert));
  });

  it('stands on documented metrics only', async () => {
    expect(await undocumentedMetrics(rules.map(({ expr }) => expr))).toEqual([]);
  });
});
