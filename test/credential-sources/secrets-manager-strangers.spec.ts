import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { SourceUnavailable } from '#libs/tokens';

import { nameOf } from '../support/store-fixtures.ts';
import { SecretsManagerFixture } from './support/secrets-manager-fixture.ts';

/** Answers everything alike, as a gateway or a sign-in page does. */
async function startStranger(status: number, body: string) {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, [Symbol.asyncDispose]: close };
}

describe('what answers in the place of AWS', () => {
  it.each([
    ['an empty answer', 200, ''],
    ['an empty object', 200, '{}'],
    ['a list that is none', 200, '{"SecretList":"MARKED"}'],
    ['a list of something else', 200, '{"SecretList":[{}]}'],
    ['a web page', 200, '<html>MARKED</html>'],
    ['a web page of a gateway', 502, '<html>MARKED</html>'],
    ['an error of another kind', 404, '{"message":"MARKED"}'],
  ])('with %s is no listing without secrets', async (_, status, body) => {
    await using aws = await SecretsManagerFixture.make();
    await using stranger = await startStranger(status, body);
    const source = aws.sourceWith({ endpoint: stranger.endpoint });
    const error: unknown = await source.list().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SourceUnavailable);
    expect(String(error)).not.toContain('MARKED');
  });

  it('with an empty answer does not say that a secret is gone', async () => {
    await using aws = await SecretsManagerFixture.make();
    await using stranger = await startStranger(200, '{}');
    const source = aws.sourceWith({ endpoint: stranger.endpoint });
    expect(await source.read(nameOf('aem-dev'), 'AWSCURRENT')).toMatchObject({
      content: { code: 'credential_unreadable', diagnosis: expect.stringContaining('MalformedAnswer') },
    });
  });
});
