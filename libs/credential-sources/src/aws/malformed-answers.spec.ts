import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { SourceUnavailable } from '#libs/tokens';

import { nameOf } from '../../../../test/support/store-fixtures.ts';
import { SecretsManagerFixture } from '../../../../test/support/credential-sources/secrets-manager-fixture.ts';

/** Starts a server that answers every request with the same body, like a gateway or a sign-in page. */
async function startGateway(status: number, body: string) {
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

describe('AwsSecretsManagerSource with a gateway that answers instead of AWS', () => {
  it.each([
    ['an empty answer', 200, ''],
    ['an empty object', 200, '{}'],
    ['a list that is none', 200, '{"SecretList":"MARKED"}'],
    ['a list of something else', 200, '{"SecretList":[{}]}'],
    ['a web page', 200, '<html>MARKED</html>'],
    ['a web page of a gateway', 502, '<html>MARKED</html>'],
    ['an error of another kind', 404, '{"message":"MARKED"}'],
  ])('fails instead of listing no secrets after %s', async (_, status, body) => {
    await using aws = await SecretsManagerFixture.make();
    await using gateway = await startGateway(status, body);
    const source = aws.sourceWith({ endpoint: gateway.endpoint });
    const error: unknown = await source.list().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SourceUnavailable);
    expect(String(error)).not.toContain('MARKED');
  });

  it('does not treat a secret as removed after an empty answer', async () => {
    await using aws = await SecretsManagerFixture.make();
    await using gateway = await startGateway(200, '{}');
    const source = aws.sourceWith({ endpoint: gateway.endpoint });
    expect(await source.read(nameOf('aem-dev'), 'AWSCURRENT')).toMatchObject({
      content: { code: 'credential_unreadable', diagnosis: expect.stringContaining('MalformedAnswer') },
    });
  });
});
