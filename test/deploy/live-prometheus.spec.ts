import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { PrometheusServer } from '../support/prometheus.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { queries, readDashboard } from './support/dashboard.ts';

/** Panels without data here: no version waits to be promoted, and no token fails to open. */
const RARE = new Set(['Versions tried before they are promoted, and tokens refused from the store']);

const rules = new URL('../../deploy/prometheus/rules.yml', import.meta.url);
const asked = queries(await readDashboard());
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let prometheus: PrometheusServer;

beforeAll(async () => {
  workplace = await makeWorkplace();
  await Promise.all([
    workplace.addCredential('aem-dev'),
    workplace.addCredential('laptop', { kind: 'local' }),
    workplace.store('aem-broken', '{"ok": tru'),
  ]);
  service = await workplace.startService();
  await ready(service);
  await service.get('/v1/tokens/aem-dev');
  await service.get('/v1/tokens/aem-dev', { authorization: 'Bearer nobodys' });
  await reportAsRejected(await service.get('/v1/tokens/aem-dev'));
  prometheus = await PrometheusServer.start({ origin: service.origin, key: DEMO_KEY, rules });
});

afterAll(async () => {
  await prometheus.stop();
  await workplace.close();
});

async function reportAsRejected(answer: Response): Promise<void> {
  const { access_token: token } = (await answer.json()) as { access_token: string };
  await fetch(`${service.origin}/v1/tokens/aem-dev/refresh`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEMO_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ token_sha256: hash('sha256', token, 'hex') }),
  });
}

describe('a real Prometheus that looks at a real service', () => {
  it.each(asked.filter(({ title }) => !RARE.has(title)))(
    'has data for "$title": $expression',
    async ({ expression }) => {
      const series = await eventually(
        async () => {
          await service.get('/v1/tokens/aem-broken');
          return prometheus.query(expression);
        },
        (found) => found.length > 0,
      );
      expect(series.length).toBeGreaterThan(0);
    },
  );

  it.each(asked.filter(({ title }) => RARE.has(title)))(
    'takes the query of "$title": $expression',
    async ({ expression }) => {
      expect(await prometheus.query(expression)).toBeInstanceOf(Array);
    },
  );

  it('sees in the alerts what is wrong with a credential whose document is broken', async () => {
    const alerts = await eventually(
      async () => {
        await service.get('/v1/tokens/aem-broken');
        return prometheus.query('ALERTS{credential="aem-broken"}');
      },
      (found) => found.length >= 3,
    );
    const names = alerts.map((series) => (series as { metric: { alertname: string } }).metric.alertname);
    expect(names.toSorted()).toEqual([
      'ImsCallersWithoutToken',
      'ImsTokenRefreshFailing',
      'ImsTokenUnavailable',
    ]);
  });
});
