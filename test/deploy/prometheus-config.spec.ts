import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';
import { parse } from 'yaml';

import { promtool } from '../support/promtool.ts';
import { mount, readCompose, service } from './support/compose.ts';

it('Prometheus takes its configuration, with the rules where docker-compose.yml puts them', async () => {
  const container = await mkdtemp(join(tmpdir(), 'prometheus-'));
  for (const { source, target } of (service(await readCompose(), 'prometheus').volumes ?? []).map(mount)) {
    await mkdir(join(container, dirname(target)), { recursive: true });
    await cp(source, join(container, target));
  }
  const said = await promtool(['check', 'config', join(container, 'etc/prometheus/prometheus.yml')]);
  await rm(container, { recursive: true });
  expect(said).toContain('SUCCESS');
  expect(said).not.toContain('FAILED');
});

it('Prometheus asks every process of the token service on the port that it serves metrics on', async () => {
  const { services } = await readCompose();
  const { scrape_configs: jobs } = parse(await readFile('deploy/prometheus/prometheus.yml', 'utf8')) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  const targets = jobs.flatMap(({ static_configs: groups }) => groups.flatMap((group) => group.targets));
  const serving = Object.entries(services).flatMap(([name, { environment = {} }]) =>
    environment['METRICS_PORT'] === undefined ? [] : [`${name}:${environment['METRICS_PORT']}`],
  );
  expect(targets.sort()).toEqual(serving.sort());
});
