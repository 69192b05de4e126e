import { hash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { gunzipSync, brotliDecompressSync } from 'node:zlib';
import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const GUEST_KEY = 'key-of-guest-91c2';
const OTHER_KEY = 'key-of-other-3d7a';
const digest = (key: string): string => hash('sha256', key, 'hex');
const CALLERS = `callers:
  - { name: demo, apiKeySha256: ["${digest(DEMO_KEY)}"], tokens: ["aem-*"], permissions: [read, status, metrics] }
  - { name: guest, apiKeySha256: ["${digest(GUEST_KEY)}"], tokens: ["aem-*"] }
  - { name: other, apiKeySha256: ["${digest(OTHER_KEY)}"], permissions: [status] }
`;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace(CALLERS);
  await workplace.addCredential('aem-dev', { kind: 'oauth' });
  await workplace.addCredential('other-dev', { kind: 'oauth' });
  service = await workplace.startService();
  await ready(service);
});

afterAll(() => workplace.close());

const as = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const anybody = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(service.origin + path, { headers, redirect: 'manual' });

/** The body as sent, still compressed. */
const packed = (path: string, encoding: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    request(service.origin + path, { headers: { 'accept-encoding': encoding } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks)));
    })
      .on('error', reject)
      .end();
  });

/** Opens a stream of events; `text` is what came so far. */
async function listen(at: RunningService = service, key = DEMO_KEY) {
  const hangUp = new AbortController();
  const answer = await fetch(`${at.origin}/dashboard/events`, { headers: as(key), signal: hangUp.signal });
  let text = '';
  const ended = (async () => {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString();
  })().catch(() => undefined);
  return { answer, text: () => text, ended, hangUp: () => hangUp.abort() };
}

describe('the dashboard’s files', () => {
  it('need no key and tell nothing of any credential', async () => {
    const page = await (await anybody('/dashboard')).text();
    const files = [...page.matchAll(/(?:src|href)="(dashboard\/assets\/[^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(files.length).toBeGreaterThan(5);
    for (const path of files) {
      const answer = await anybody(`/${path}`);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get('content-type')).toMatch(
        /^(text\/(css|javascript); charset=utf-8|image\/svg\+xml)$/,
      );
      expect(await answer.text()).not.toContain('aem-dev');
    }
    expect(page).not.toContain('aem-dev');
  });

  it('allow the browser nothing but this origin’s own', async () => {
    const { headers } = await anybody('/dashboard');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const page = await (await anybody('/dashboard')).text();
    expect(page).not.toMatch(/https?:\/\/|<script>|<style|style=|\son\w+=/);
  });

  it('travel packed, and only once', async () => {
    const plain = await packed('/dashboard/assets/page.css', 'identity');
    const gzip = await packed('/dashboard/assets/page.css', 'gzip, deflate');
    const br = await packed('/dashboard/assets/page.css', 'gzip, deflate, br');
    expect(gunzipSync(gzip)).toEqual(plain);
    expect(brotliDecompressSync(br)).toEqual(plain);
    expect(br.length).toBeLessThan(plain.length / 2);
    const etag = (await anybody('/dashboard/assets/page.css')).headers.get('etag') ?? '';
    const again = await anybody('/dashboard/assets/page.css', { 'if-none-match': etag });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
  });

  it.each(['page.html', 'nothing.js', '..%2Fdashboard.controller.js', 'tsconfig.json', 'constructor'])(
    'are all there is to be had (not %s)',
    async (name) => {
      const answer = await anybody(`/dashboard/assets/${name}`);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({ code: 'route_not_found' });
    },
  );
});

describe('the log-in of the dashboard', () => {
  it('has the browser ask, and sends it back once it knows', async () => {
    const stranger = await anybody('/dashboard/login');
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('www-authenticate')).toBe('Basic realm="ims-token-service", charset="UTF-8"');
    const basic = { authorization: `Basic ${btoa(`demo:${DEMO_KEY}`)}` };
    const known = await anybody('/dashboard/login', basic);
    expect([known.status, known.headers.get('location')]).toEqual([303, '../dashboard']);
    expect((await anybody('/dashboard/login', { authorization: `Basic ${btoa('demo:wrong')}` })).status).toBe(
      401,
    );
  });

  it('counts wrong keys, and not a page that merely opens', async () => {
    const failures = async (reason: string): Promise<string | undefined> => {
      const metrics = await (await service.get('/metrics')).text();
      return new RegExp(`ims_authentication_failures_total\\{reason="${reason}"\\} (\\d+)`).exec(
        metrics,
      )?.[1];
    };
    const before = [await failures('missing'), await failures('unknown_key')];
    expect((await anybody('/dashboard/events')).status).toBe(401);
    expect((await anybody('/dashboard/login')).status).toBe(401);
    expect((await anybody('/dashboard/events', as('nobody'))).status).toBe(401);
    const after = [await failures('missing'), await failures('unknown_key')];
    expect(after).toEqual([before[0], String(Number(before[1] ?? 0) + 1)]);
  });
});

describe('the dashboard’s events', () => {
  it('are for callers with the permission status', async () => {
    const stranger = await anybody('/dashboard/events');
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('www-authenticate')).toBe('Bearer realm="ims-token-service"');
    const guest = await anybody('/dashboard/events', as(GUEST_KEY));
    expect([guest.status, ((await guest.json()) as { code: string }).code]).toEqual([403, 'forbidden']);
  });

  it('begin with all that the caller may see, and nothing else', async () => {
    const stream = await listen();
    expect(stream.answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.answer.headers.get('cache-control')).toBe('no-store');
    const text = await eventually(
      async () => stream.text(),
      (all) => all.endsWith('\n\n'),
    );
    const [, event, data = ''] = /^event: (\w+)\ndata: (.*)\n\n$/.exec(text) ?? [];
    expect(event).toBe('snapshot');
    const { credentials, caller } = JSON.parse(data) as {
      caller: string;
      credentials: Record<string, unknown>[];
    };
    expect(caller).toBe('demo');
    expect(credentials).toMatchObject([
      { name: 'aem-dev', state: 'healthy', kind: 'oauth', last_failure: null },
    ]);
    expect(credentials[0]?.['history']).toEqual([['refreshed', expect.any(Number)]]);
    expect(Object.keys(credentials[0] ?? {})).not.toContain('runway_seconds');
    stream.hangUp();
  });

  it('tell of a change, and end when the caller is taken out of the callers file', async () => {
    const stream = await listen();
    await workplace.addCredential('aem-dev', { kind: 'oauth' });
    service.lookNow();
    await eventually(
      async () => stream.text(),
      (all) => /event: changes\n.*"rotated"/.test(all),
    );
    await writeFile(workplace.callersFile, CALLERS.replace(digest(DEMO_KEY), digest('another')));
    await stream.ended;
    expect(stream.text()).toMatch(
      /event: refused\ndata: \{"status":401,"detail":"This key belongs to no caller: [^"]+"\}\n\n$/,
    );
    await writeFile(workplace.callersFile, CALLERS);
    await eventually(
      () => service.get('/v1/status'),
      ({ status }) => status === 200,
    );
  });

  it('have room for many browsers, and tell one too many to come back later', async () => {
    const streams = await Promise.all(Array.from({ length: 96 }, () => listen()));
    expect(streams.map(({ answer }) => answer.status)).toEqual(streams.map(() => 200));
    const one = await anybody('/dashboard/events', as(DEMO_KEY));
    expect([one.status, one.headers.get('retry-after')]).toEqual([429, '30']);
    expect(await one.json()).toMatchObject({ code: 'rate_limited' });
    const other = await listen(service, OTHER_KEY);
    expect(other.answer.status).toBe(200);
    other.hangUp();
    for (const stream of streams) stream.hangUp();
    const again = await eventually(
      () => listen(),
      ({ answer }) => answer.status === 200,
    );
    again.hangUp();
  });

  it('hold up no shutdown, and neither does a connection that a browser opened in advance', async () => {
    const another = await workplace.startService();
    await ready(another);
    const stream = await listen(another);
    const idle = connect(Number(new URL(another.origin).port), '127.0.0.1');
    await once(idle, 'connect');
    await eventually(
      async () => stream.text(),
      (all) => all.includes('event: snapshot'),
    );
    const hungUp = once(idle, 'close');
    await another.close();
    await Promise.all([stream.ended, hungUp]);
    expect(stream.text()).toContain('"aem-dev"');
  });
});
