import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { PROBLEMS } from '../../apps/token-service/src/http/problem.ts';
import { CREDENTIAL_PROBLEM_CODES, EXCHANGE_FAILURE_CODES } from '../../libs/tokens/src/index.ts';
import { eventually } from '../support/eventually.ts';
import { promtool } from '../support/promtool.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const digest = (key: string): string => hash('sha256', key, 'hex');
const CALLERS = `callers:
  - { name: demo, apiKeySha256: ["${digest(DEMO_KEY)}"], tokens: ["*"], permissions: [read, refresh, status] }
  - { name: shop, apiKeySha256: ["${digest('key-of-shop')}"], tokens: ["aem-dev"] }
`;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let text: string;

/** The different values of one label over all samples of a metric. */
const labelValues = (metric: string, label: string): Set<string> =>
  new Set(
    [...text.matchAll(new RegExp(`^${metric}\\{.*?\\b${label}="([^"]*)".*\\}`, 'gm'))].map(
      ([, value = '']) => value,
    ),
  );

beforeAll(async () => {
  workplace = await makeWorkplace(CALLERS);
  for (const [name, kind] of [
    ['aem-dev', 'jwt'],
    ['aem-oauth', 'oauth'],
    ['laptop', 'local'],
  ] as const) {
    await workplace.addCredential(name, { kind });
  }
  const refused = await workplace.addCredential('aem-refused');
  await workplace.store(
    'aem-refused',
    refused.replace(/"clientSecret":\s*"[^"]+"/, '"clientSecret":"wrong"'),
  );
  await workplace.store('aem-broken', '{"ok": tru');
  service = await workplace.startService();
  await ready(service);
  const asShop = { authorization: 'Bearer key-of-shop' };
  await Promise.all([
    service.get('/v1/tokens/aem-dev'),
    service.get('/v1/tokens/aem-dev', asShop),
    service.get('/v1/tokens/aem-dev?min_ttl=x', asShop),
    service.get('/v1/tokens/aem-oauth', asShop),
    service.get('/v1/tokens/made-up-by-shop', asShop),
    service.get('/v1/tokens/made-up-by-demo'),
    service.get('/v1/tokens/%22%7Bquoted%0A', asShop),
    service.get('/v1/tokens/aem-refused'),
    service.get('/v1/tokens/aem-broken'),
    service.get('/v1/tokens/aem-dev', { authorization: 'Bearer made-up-key' }),
    service.get('/v1/tokens/aem-dev', { authorization: `Basic ${btoa(`made-up-caller:${DEMO_KEY}`)}` }),
    service.get('/v1/tokens/aem-dev', { authorization: 'Digest made-up-scheme' }),
    fetch(`${service.origin}/v1/tokens/aem-dev`),
  ]);
  text = await eventually(
    async () => (await service.get('/metrics')).text(),
    (metrics) => metrics.includes('outcome="ims_invalid_client_secret"'),
  );
});

afterAll(() => workplace.close());

describe('the metrics of a service with several credentials, callers and failures', () => {
  it('pass the check of promtool', async () => {
    expect(await promtool(['check', 'metrics'], text)).toBe('');
  });

  it('contain no made-up name, caller or key', () => {
    for (const invented of ['made-up', 'quoted']) expect(text).not.toContain(invented);
    expect(labelValues('ims_token_vends_total', 'credential')).toEqual(
      new Set(['aem-dev', 'aem-oauth', 'aem-refused', 'aem-broken', '']),
    );
  });

  it('contain only callers of the callers file', () => {
    expect(labelValues('ims_token_vends_total', 'caller')).toEqual(new Set(['demo', 'shop']));
  });

  it('name outcomes of closed lists', () => {
    const failures: string[] = [...EXCHANGE_FAILURE_CODES, ...CREDENTIAL_PROBLEM_CODES];
    const isKnown = (codes: readonly string[]) => (value: string) => codes.includes(value);
    const vends = [...labelValues('ims_token_vends_total', 'outcome')];
    expect(vends).toEqual(
      expect.arrayContaining(['vended', 'forbidden', 'invalid_request', 'token_unavailable']),
    );
    expect(
      vends.filter((value) => !isKnown(['vended', 'not_modified', ...Object.keys(PROBLEMS)])(value)),
    ).toEqual([]);
    const exchanges = [...labelValues('ims_token_exchanges_total', 'outcome')];
    expect(exchanges).toContain('success');
    expect(exchanges.filter((value) => !isKnown(['success', ...failures])(value))).toEqual([]);
    expect(labelValues('ims_authentication_failures_total', 'reason')).toEqual(
      new Set(['missing', 'malformed', 'unknown_key', 'name_mismatch']),
    );
  });

  it('say which credentials fail, and with which code', () => {
    expect(text).toContain(
      'ims_credential_failing{credential="aem-refused",code="ims_invalid_client_secret"} 1',
    );
    expect(text).toContain(
      'ims_credential_failing{credential="aem-broken",code="credential_invalid_json"} 1',
    );
    expect(text).toContain('ims_credential_failing{credential="aem-dev",code=""} 0');
  });
});

it('compares no clocks before the first exchange', async () => {
  const other = await makeWorkplace();
  try {
    const fresh = await other.startService();
    await ready(fresh);
    const metrics = await (await fresh.get('/metrics')).text();
    expect(metrics).toMatch(/^ims_credential_source_up 1$/m);
    expect(metrics).not.toMatch(/^ims_clock_skew_seconds /m);
  } finally {
    await other.close();
  }
});
