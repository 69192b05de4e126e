import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OAUTH_CALLERS, PLAIN_KEY } from '../support/oauth-callers.ts';
import { makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { DescribedAnswers, type Document } from './support/document.ts';
import { servedRoutes } from './support/served-routes.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let routes: string[];
let document: Document;
let answers: DescribedAnswers;

beforeAll(async () => {
  workplace = await makeWorkplace(OAUTH_CALLERS);
  await workplace.addCredential('aem-dev');
  await workplace.addCredential('aem-local', { kind: 'local' });
  await workplace.store('aem-broken', '{"integration": nonsense');
  routes = await servedRoutes(async () => {
    service = await workplace.startService();
  }, 'get /v1/tokens/{name}');
  await ready(service);
  document = (await (await fetch(`${service.origin}/openapi.json`)).json()) as Document;
  answers = new DescribedAnswers(document);
});

afterAll(() => workplace.close());

describe('/openapi.json', () => {
  it('describes every route and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.toSorted()).toEqual(routes);
  });

  it('marks no field as read-only: generators of clients would leave it out of requests', () => {
    expect(JSON.stringify(document)).not.toContain('"readOnly"');
  });

  it('names Bearer as the last scheme of an operation, which generated clients send', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const schemes = operations.map((operation) =>
      ((operation as { security?: object[] }).security ?? []).flatMap((scheme) => Object.keys(scheme)),
    );
    expect(schemes.filter((names) => names.includes('bearer')).length).toBeGreaterThan(5);
    expect(schemes.filter((names) => names.includes('bearer') && names.at(-1) !== 'bearer')).toEqual([]);
  });

  it('without authentication serves only health, this description and the empty dashboard', async () => {
    const open: string[] = [];
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ');
      const asked = path.replace('{name}', 'aem-dev').replace(/\{\w+\}/, 'x');
      const answer = await fetch(service.origin + asked, {
        method: method.toUpperCase(),
        redirect: 'manual',
      });
      await answer.body?.cancel();
      if (answer.status !== 401) open.push(`${route} ${answer.status}`);
    }
    expect(open).toEqual([
      'get /.well-known/oauth-authorization-server 200',
      'get /dashboard 200',
      'get /dashboard/assets/{file} 404',
      'get /docs 200',
      'get /livez 200',
      'get /openapi.json 200',
      'get /readyz 200',
    ]);
  });

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(
      JSON.parse(JSON.stringify(document)) as Record<string, unknown>,
    );
    expect([valid, errors]).toEqual([true, undefined]);
    expect(validator.version).toBe('3.1');
  });

  it('has a schema for every reference, and one operation for each id', () => {
    const text = JSON.stringify(document);
    const referred = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);
    expect(referred.filter((name) => document.components.schemas[name] === undefined)).toEqual([]);
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names PUBLIC_URL as the server', async () => {
    const behind = await workplace.startService({ PUBLIC_URL: 'https://tokens.example' });
    const answer = await fetch(`${behind.origin}/openapi.json`);
    expect(await answer.json()).toMatchObject({ servers: [{ url: 'https://tokens.example' }] });
  });

  const key = { authorization: `Bearer ${PLAIN_KEY}` };
  const watcher = { authorization: 'Bearer key-of-watcher' };
  it.each<[status: number, path: string, asked: string, headers: Record<string, string>]>([
    [200, '/v1/tokens/{name}', '/v1/tokens/aem-dev', key],
    [200, '/v1/tokens/{name}', '/v1/tokens/aem-dev', { ...key, accept: 'text/plain' }],
    [304, '/v1/tokens/{name}', '/v1/tokens/aem-dev', { ...key, 'if-none-match': '*' }],
    [400, '/v1/tokens/{name}', '/v1/tokens/aem-dev?x=1', key],
    [401, '/v1/tokens/{name}', '/v1/tokens/aem-dev', {}],
    [403, '/v1/tokens/{name}', '/v1/tokens/aem-dev', watcher],
    [404, '/v1/tokens/{name}', '/v1/tokens/aem-nothing', key],
    [503, '/v1/tokens/{name}', '/v1/tokens/aem-broken', key],
    [200, '/v1/status', '/v1/status', watcher],
    [401, '/v1/status', '/v1/status', {}],
    [200, '/v1/status/{name}', '/v1/status/aem-dev', key],
    [200, '/v1/status/{name}', '/v1/status/aem-local', key],
    [200, '/v1/status/{name}', '/v1/status/aem-broken', key],
    [403, '/v1/status/{name}', '/v1/status/other', key],
    [404, '/v1/status/{name}', '/v1/status/aem-nothing', key],
    [200, '/metrics', '/metrics', watcher],
    [200, '/livez', '/livez', {}],
    [200, '/readyz', '/readyz', {}],
    [200, '/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server', {}],
    [200, '/openapi.json', '/openapi.json', {}],
    [304, '/openapi.json', '/openapi.json', { 'if-none-match': '*' }],
    [200, '/docs', '/docs', {}],
    [304, '/docs', '/docs', { 'if-none-match': '*' }],
    [200, '/dashboard', '/dashboard', {}],
    [200, '/dashboard/assets/{file}', '/dashboard/assets/page.css', {}],
    [404, '/dashboard/assets/{file}', '/dashboard/assets/nothing.css', {}],
    [401, '/dashboard/login', '/dashboard/login', {}],
    [401, '/dashboard/events', '/dashboard/events', {}],
  ])('describes the answer %s of GET %s: %s', async (status, path, asked, headers) => {
    const answer = await fetch(service.origin + asked, { headers });
    expect(answer.status).toBe(status);
    expect(await answers.problemsOf('get', path, answer)).toBeNull();
  });

  it.each([
    [200, { grant_type: 'client_credentials', scope: 'aem-dev' }, PLAIN_KEY],
    [400, { grant_type: 'client_credentials', scope: 'other' }, PLAIN_KEY],
    [401, { grant_type: 'client_credentials', scope: 'aem-dev' }, 'wrong'],
    [413, { grant_type: 'a'.repeat(70_000) }, PLAIN_KEY],
    [503, { grant_type: 'client_credentials', scope: 'aem-broken' }, PLAIN_KEY],
  ])('describes the answer %s of POST /oauth/token', async (status, parameters, secret) => {
    const answer = await fetch(`${service.origin}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`catalog-sync:${secret}`)}` },
      body: new URLSearchParams(parameters as Record<string, string>),
    });
    expect(answer.status).toBe(status);
    expect(await answers.problemsOf('post', '/oauth/token', answer)).toBeNull();
  });

  it('has a test that fails for a field that is not described', async () => {
    const answer = new Response('{"status":"ok","more":1}', {
      headers: { 'content-type': 'application/json' },
    });
    expect(await answers.problemsOf('get', '/livez', answer)).toMatchObject([
      { keyword: 'additionalProperties' },
    ]);
  });
});
