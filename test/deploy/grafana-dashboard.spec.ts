import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { promtool } from '../support/promtool.ts';
import { queries, readDashboard } from './support/dashboard.ts';
import { undocumentedMetrics } from './support/metric-names.ts';

const dashboard = await readDashboard();
const { panels, templating } = dashboard;
const shown = panels.filter(({ type }) => type !== 'row');

describe('deploy/grafana/dashboard.json', () => {
  it('can be told from other dashboards, and its panels from each other', () => {
    expect(dashboard).toMatchObject({ uid: 'ims-token-service', title: 'IMS token service' });
    expect(shown.length).toBeGreaterThan(20);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  it('leaves the data source to be chosen at the import', () => {
    expect(templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
    for (const { title, targets = [] } of shown) {
      expect([title, targets.length]).not.toEqual([title, 0]);
      for (const { datasource } of targets) expect([title, datasource.uid]).toEqual([title, '${datasource}']);
    }
  });

  it('explains each panel', () => {
    for (const { title, description } of shown) {
      expect([title, description]).toEqual([title, expect.stringMatching(/\.$/)]);
    }
  });

  it('lays its panels side by side, none over another', () => {
    const taken = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    expect(new Set(taken).size).toBe(taken.length);
  });

  it('asks only what Prometheus understands', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ims-token-dashboard-'));
    try {
      const rules = queries(dashboard).map(({ expression }, index) => ({
        record: `query:${index}`,
        expr: expression,
      }));
      const file = join(folder, 'queries.yml');
      await writeFile(file, stringify({ groups: [{ name: 'queries', rules }] }));
      expect(await promtool(['check', 'rules', file])).toContain(`${rules.length} rules found`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('stands on documented metrics only', async () => {
    const asked = [
      ...queries(dashboard).map(({ expression }) => expression),
      ...templating.list.map(({ definition }) => definition ?? ''),
    ];
    expect(await undocumentedMetrics(asked)).toEqual([]);
  });
});
