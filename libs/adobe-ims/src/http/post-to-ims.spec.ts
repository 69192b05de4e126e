import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';

import { millis } from '#libs/tokens';

import { jwtCredential, oauthCredential } from '../../../../test/support/adobe-ims/credentials.ts';
import { failureOf } from '../../../../test/support/adobe-ims/failure.ts';
import { json, serve } from '../../../../test/support/adobe-ims/server.ts';

const SHORT = millis(200.5);

async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('an exchange with an IMS that cannot be reached', () => {
  it('reports DNS when the name does not resolve', async () => {
    const failure = await failureOf(jwtCredential('http://ims.invalid'));
    expect(failure).toMatchObject({ code: 'ims_unreachable', retryable: true });
    expect(failure.diagnosis).toMatch(/DNS.*ims\.invalid|ims\.invalid.*DNS/);
  });

  it('reports the refused connection', async () => {
    const failure = await failureOf(jwtCredential(`http://127.0.0.1:${await closedPort()}`));
    expect(failure.code).toBe('ims_unreachable');
    expect(failure.diagnosis).toMatch(/refused \(ECONNREFUSED\)/);
  });

  it('reports TLS when the handshake fails', async () => {
    const { origin } = await serve(json(200, {}));
    const failure = await failureOf(jwtCredential(origin.replace('http:', 'https:')));
    expect(failure.code).toBe('ims_unreachable');
    expect(failure.diagnosis).toMatch(/TLS/);
  });

  it('reports the dropped connection', async () => {
    const { origin } = await serve((response) => response.destroy());
    const failure = await failureOf(jwtCredential(origin));
    expect(failure.code).toBe('ims_unreachable');
    expect(failure.diagnosis).toMatch(/dropped/);
  });
});

describe('the deadline of an exchange', () => {
  it('ends the wait for a response', async () => {
    const { origin } = await serve(() => undefined);
    expect(await failureOf(jwtCredential(origin), SHORT)).toMatchObject({
      code: 'ims_timeout',
      retryable: true,
    });
  });

  it('ends the wait for the rest of a body', async () => {
    const { origin } = await serve((response) => response.writeHead(200).write('{'));
    expect((await failureOf(jwtCredential(origin), SHORT)).code).toBe('ims_timeout');
  });

  it('covers all attempts together', async () => {
    const refusal = { error: 'invalid_client', error_description: 'invalid client_secret parameter' };
    const { origin } = await serve(json(401, refusal), () => undefined);
    expect((await failureOf(oauthCredential(origin), SHORT)).code).toBe('ims_timeout');
  });

  it.each([0, -1])('of %d milliseconds passes at once', async (deadline) => {
    const { origin } = await serve(() => undefined);
    expect((await failureOf(jwtCredential(origin), millis(deadline))).code).toBe('ims_timeout');
  });
});
