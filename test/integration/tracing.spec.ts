import { hash } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready } from '../support/token-service.ts';
import { TraceCollector, type ArrivedSpan } from '../support/trace-collector.ts';

const [SERVER, CLIENT] = [2, 3];
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLERS_SPAN = '00f067aa0ba902b7';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let collector: TraceCollector;
let token: string;
/** Every secret that must not be in any exported byte, by its kind. */
const secrets = new Map<string, string>([['caller key', DEMO_KEY]]);

const all = (name: string, credential?: string): ArrivedSpan[] =>
  collector.spans.filter(
    (span) =>
      span.name === name &&
      (credential === undefined || span.attributes['ims_token.credential'] === credential),
  );

function one(name: string, credential?: string): ArrivedSpan {
  const [span] = all(name, credential);
  if (span === undefined) throw new Error(`no span ${name} of ${credential} arrived`);
  return span;
}

beforeAll(async () => {
  [workplace, collector] = await Promise.all([makeWorkplace(), TraceCollector.start()]);
  const document = JSON.parse(await workplace.addCredential('aem-dev')) as {
    integration: { privateKey: string; technicalAccount: { clientSecret: string } };
  };
  secrets.set('private key', document.integration.privateKey.split(/\r?\n/)[1] ?? '');
  secrets.set('client secret', document.integration.technicalAccount.clientSecret);
  const refused = await workplace.addCredential('aem-refused');
  await workplace.store(
    'aem-refused',
    refused.replace(/"clientSecret":\s*"[^"]+"/, '"clientSecret":"p8e-marked-wrong"'),
  );
  secrets.set('refused secret', 'p8e-marked-wrong');
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-tenant=platform');
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=test');
  const service = await workplace.startService({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
    AUDIT: 'off',
  });
  await ready(service);
  await eventually(
    async () => service.logLines.join(''),
    (log) => log.includes('ims_invalid_client_secret'),
  );
  const traceparent = `00-${TRACE}-${CALLERS_SPAN}-01`;
  token = await (await service.get('/v1/tokens/aem-dev', { accept: 'text/plain', traceparent })).text();
  secrets.set('token', token);
  await service.get('/v1/tokens/aem-refused');
  await service.get(`/v1/tokens/${DEMO_KEY}`);
  await service.get('/v1/tokens/aem-dev', { authorization: `Bearer ${token}` });
  await service.get('/v1/status');
  await service.close();
});

afterEach(() => {
  vi.unstubAllEnvs();
});

afterAll(async () => {
  await workplace.close();
  await collector.close();
});

describe('a service with a collector', () => {
  it('says who it is, and what its environment adds', () => {
    expect(collector.resource).toMatchObject({
      'service.name': 'ims-token-service',
      'deployment.environment.name': 'test',
    });
    expect(collector.headers[0]).toMatchObject({ 'x-tenant': 'platform' });
  });

  it('shows each request for a token, as a part of the trace its sender names', () => {
    const [span, ...others] = all('vend', 'aem-dev').filter(({ traceId }) => traceId === TRACE);
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      kind: SERVER,
      parentSpanId: CALLERS_SPAN,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/v1/tokens/:name',
        'http.response.status_code': 200,
        'ims_token.caller': 'demo',
        'ims_token.outcome': 'vended',
        'ims_token.sha256': hash('sha256', token, 'hex'),
      },
    });
    expect(span?.attributes['ims_token.life_left_seconds']).toBeGreaterThan(80_000);
  });

  it('shows refused requests, and no unknown name', () => {
    expect(one('vend', 'aem-refused')).toMatchObject({
      status: { code: 2 },
      attributes: { 'http.response.status_code': 503, 'ims_token.outcome': 'token_unavailable' },
    });
    const outcomes = all('vend').map((span) => String(span.attributes['ims_token.outcome']));
    expect(outcomes.toSorted()).toEqual([
      'credential_not_found',
      'token_unavailable',
      'unauthenticated',
      'vended',
    ]);
  });

  it('shows a renewal with all it took: the lease, the exchange, the publication', () => {
    const refresh = one('refresh', 'aem-dev');
    expect(refresh.parentSpanId).toBeUndefined();
    expect(refresh.attributes).toMatchObject({
      'ims_token.outcome': 'success',
      'ims_token.sha256': hash('sha256', token, 'hex'),
    });
    expect(refresh.attributes['ims_token.version']).toEqual(expect.any(String));
    const parts = collector.spans.filter(({ parentSpanId }) => parentSpanId === refresh.spanId);
    expect(parts.every(({ traceId }) => traceId === refresh.traceId)).toBe(true);
    expect(parts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['store.acquireLease', 'exchange', 'store.publish']),
    );
    expect(parts.find(({ name }) => name === 'exchange')).toMatchObject({
      kind: CLIENT,
      attributes: {
        'server.address': new URL(workplace.imsOrigin).host,
        'ims_token.kind': 'jwt',
        'ims_token.sha256': hash('sha256', token, 'hex'),
      },
    });
  });

  it('shows a renewal that failed, with the code of the failure', () => {
    const refresh = one('refresh', 'aem-refused');
    expect(refresh).toMatchObject({
      status: { code: 2 },
      attributes: { 'ims_token.outcome': 'ims_invalid_client_secret' },
    });
    const exchange = collector.spans.find(
      ({ name, parentSpanId }) => name === 'exchange' && parentSpanId === refresh.spanId,
    );
    expect(exchange).toMatchObject({
      status: { code: 2 },
      attributes: { 'ims_token.outcome': 'ims_invalid_client_secret' },
    });
  });

  it('shows polls of the credential source, but no poll of the store that found nothing new', () => {
    expect(all('source.list').length).toBeGreaterThan(0);
    expect(all('store.list').filter(({ parentSpanId }) => parentSpanId === undefined)).toEqual([]);
  });

  it('sends no secret', () => {
    const sent = collector.bodies.join('\n');
    expect(secrets.size).toBe(5);
    for (const [label, secret] of secrets) {
      expect([label, secret.length > 10, sent.includes(secret)]).toEqual([label, true, false]);
    }
  });
});

describe('a collector that is not there', () => {
  it('costs a line in the log, and nothing else', async () => {
    vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '50');
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '100');
    const gone = await TraceCollector.start();
    await gone.close();
    const service = await workplace.startService({ OTEL_EXPORTER_OTLP_ENDPOINT: gone.origin });
    await ready(service);
    const complaints = (): string[] => service.logLines.filter((line) => line.includes('"tracing.'));
    await eventually(
      async () => {
        expect((await service.get('/v1/tokens/aem-dev')).status).toBe(200);
        return complaints();
      },
      (said) => said.length > 0,
    );
    await service.get('/v1/tokens/aem-dev');
    await service.close();
    expect(complaints()).toEqual([expect.stringContaining('"event":"tracing.down"')]);
  });
});
