import { hash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const digest = (key: string): string => hash('sha256', key, 'hex');
const demo = `  - name: demo
    apiKeySha256: ["${digest(DEMO_KEY)}"]
    tokens: ["aem-*"]
    permissions: [read, status, metrics]
`;
const leaver = `  - name: leaver
    apiKeySha256: ["${digest('key-of-leaver')}"]
    tokens: ["aem-*"]
`;
const PATH = '/v1/tokens/aem-dev';
const AS_LEAVER = { authorization: 'Bearer key-of-leaver' };

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace(`callers:\n${demo}${leaver}`);
  await workplace.addCredential('aem-dev');
  await workplace.addCredential('aem-other');
  service = await workplace.startService();
  await ready(service);
});

afterAll(() => workplace.close());

const etagOf = async (path = PATH): Promise<string> => {
  const answer = await service.get(path);
  await answer.body?.cancel();
  return answer.headers.get('etag') ?? '';
};

/** How many are waiting in the service, by its own word. */
const waiting = async (): Promise<number> => {
  const text = await (await service.get('/metrics')).text();
  return Number(/^ims_token_long_polls (\d+)$/m.exec(text)?.[1]);
};
const untilWaiting = (count: number): Promise<number> => eventually(waiting, (now) => now === count);

/** A new version of the document: a new token. */
async function rotate(name = 'aem-dev'): Promise<void> {
  await workplace.addCredential(name);
  service.lookNow();
}

const code = async (answer: Response): Promise<unknown> =>
  ((await answer.json()) as Record<string, unknown>)['code'];

describe('GET /v1/tokens/{name}?wait=SECONDS', () => {
  it('answers with the next token once there is one, in the form that was asked for', async () => {
    const etag = await etagOf();
    const asked = [
      service.get(`${PATH}?wait=60`, { 'if-none-match': etag }),
      service.get(`${PATH}?wait=60&min_ttl=60`, {
        'if-none-match': `"older", ${etag}`,
        accept: 'text/plain',
      }),
    ] as const;
    await untilWaiting(2);
    await rotate();
    const [json, text] = await Promise.all(asked);
    expect([json.status, text.status]).toEqual([200, 200]);
    const { access_token: token } = (await json.json()) as { access_token: string };
    expect(await text.text()).toBe(token);
    expect(json.headers.get('etag')).toBe(`W/"${digest(token)}"`);
    expect(json.headers.get('etag')).not.toBe(etag);
    await untilWaiting(0);
  });

  it('answers 304 at the end of the wait', async () => {
    const etag = await etagOf();
    const start = performance.now();
    const answer = await service.get(`${PATH}?wait=1`, { 'if-none-match': etag });
    expect([answer.status, await answer.text(), answer.headers.get('etag')]).toEqual([304, '', etag]);
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  it('answers at once where there is nothing to wait for', async () => {
    const older = { 'if-none-match': `W/"${'a'.repeat(64)}"` };
    expect((await service.get(`${PATH}?wait=60`, older)).status).toBe(200);
    const etag = { 'if-none-match': await etagOf() };
    const life = await eventually(
      () => service.get(`${PATH}?wait=60&min_ttl=86400`, etag),
      ({ status }) => status !== 304,
    );
    expect([400, 503]).toContain(life.status);
    expect((await service.get('/v1/tokens/aem-none?wait=60', etag)).status).toBe(404);
  });

  it.each([
    ['wait=0', 'W/"x"'],
    ['wait=61', 'W/"x"'],
    ['wait=1.5', 'W/"x"'],
    ['wait=1&wait=2', 'W/"x"'],
    ['wait=30', undefined],
    ['wait=30', '*'],
    ['wait=30', 'W/"x"'],
  ])('refuses %s with If-None-Match: %s', async (query, tag) => {
    const answer = await service.get(`${PATH}?${query}`, tag === undefined ? {} : { 'if-none-match': tag });
    expect([answer.status, await code(answer)]).toEqual([400, 'invalid_request']);
  });

  it('answers 401 as soon as the key of the caller is removed, without another token', async () => {
    const asked = service.get(`${PATH}?wait=60`, { 'if-none-match': await etagOf(), ...AS_LEAVER });
    await untilWaiting(1);
    await writeFile(workplace.callersFile, `callers:\n${demo}`);
    const answer = await asked;
    expect([answer.status, await code(answer)]).toEqual([401, 'unauthenticated']);
  });

  it('answers 404 when the credential is removed meanwhile', async () => {
    const path = '/v1/tokens/aem-other';
    const asked = service.get(`${path}?wait=60`, { 'if-none-match': await etagOf(path) });
    await untilWaiting(1);
    await workplace.remove('aem-other');
    service.lookNow();
    const answer = await asked;
    expect([answer.status, await code(answer)]).toEqual([404, 'credential_not_found']);
  });

  it('forgets callers that disconnect', async () => {
    const { port } = new URL(service.origin);
    const etag = await etagOf();
    const sockets = Array.from({ length: 20 }, () => connect(Number(port), '127.0.0.1'));
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.write(
        `GET ${PATH}?wait=60 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${DEMO_KEY}\r\nIf-None-Match: ${etag}\r\n\r\n`,
      );
    }
    expect(await untilWaiting(20)).toBe(20);
    for (const socket of sockets) socket.destroy();
    expect(await untilWaiting(0)).toBe(0);
  });

  it('leaves one line of audit a request, written when it is answered', async () => {
    const asked = service.get(`${PATH}?wait=60`, {
      'if-none-match': await etagOf(),
      'x-request-id': 'the-long-one',
    });
    await untilWaiting(1);
    const lines = (): string[] =>
      service.logLines
        .join('')
        .split('\n')
        .filter((line) => line.includes('the-long-one'));
    expect(lines()).toEqual([]);
    await rotate();
    const answer = await asked;
    expect(answer.headers.get('x-request-id')).toBe('the-long-one');
    await eventually(
      async () => lines(),
      (some) => some.length > 0,
    );
    expect(lines().map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: 'token.requested', outcome: 'vended', caller: 'demo', credential: 'aem-dev' },
    ]);
  });

  it('answers all waiting callers at the shutdown, and closes their connections', async () => {
    const other = await workplace.startService();
    await ready(other);
    const etag = (await other.get(PATH)).headers.get('etag') ?? '';
    const asked = other.get(`${PATH}?wait=60`, { 'if-none-match': etag });
    const held = async (): Promise<boolean> =>
      (await (await other.get('/metrics')).text()).includes('ims_token_long_polls 1');
    await eventually(held, Boolean);
    await other.close();
    const answer = await asked;
    expect([answer.status, answer.headers.get('connection')]).toEqual([304, 'close']);
  });
});
