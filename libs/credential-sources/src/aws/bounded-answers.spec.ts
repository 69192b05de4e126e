import type { IncomingMessage, ServerResponse } from 'node:http';

import { describe, expect, it } from 'vitest';

import { millis, SourceUnavailable } from '#libs/tokens';

import { actionOf, startGateway } from '../../../../test/support/credential-sources/gateway.ts';
import { SecretsManagerFixture } from '../../../../test/support/credential-sources/secrets-manager-fixture.ts';
import { eventually } from '../../../../test/support/eventually.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** Sends chunks for as long as the client reads. Counts what it sent, and whether the client left. */
class Endless {
  sent = 0;
  open = 0;

  readonly respond = (_: IncomingMessage, response: ServerResponse): void => {
    this.open += 1;
    response.on('close', () => (this.open -= 1));
    response.write('{"SecretList":[{"Name":"');
    const send = (): void => {
      while (!response.destroyed) {
        this.sent += CHUNK.length;
        if (!response.write(CHUNK)) return;
      }
    };
    response.on('drain', send);
    send();
  };
}

async function reasonOf(listing: Promise<unknown>): Promise<string> {
  const error: unknown = await listing.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceUnavailable);
  return String(error);
}

describe('AwsSecretsManagerSource with an endpoint that answers too much', () => {
  it('reads 4 MiB of an endless answer, and closes the connection', async () => {
    await using aws = await SecretsManagerFixture.make();
    const endless = new Endless();
    await using gateway = await startGateway(endless.respond);
    const source = aws.sourceWith({ endpoint: gateway.endpoint });
    expect(await reasonOf(source.list())).toMatch(
      /ListSecrets failed \(AnswerTooLarge\)\. The answer exceeds/,
    );
    await eventually(
      async () => endless.open,
      (open) => open === 0,
    );
    // What the sockets hold is beyond the limit.
    expect(endless.sent).toBeLessThan(32 * 1024 * 1024);
  });

  it('closes a connection that drips, at the deadline of the listing', async () => {
    await using aws = await SecretsManagerFixture.make();
    let open = 0;
    await using gateway = await startGateway((_, response) => {
      open += 1;
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => {
        clearInterval(drip);
        open -= 1;
      });
    });
    const source = aws.sourceWith({ endpoint: gateway.endpoint }, millis(500));
    expect(await reasonOf(source.list())).toContain('takes too long to answer');
    await eventually(
      async () => open,
      (left) => left === 0,
    );
  });

  it('ends an endless listing', async () => {
    await using aws = await SecretsManagerFixture.make();
    const SecretList = Array.from({ length: 5_000 }, (_, at) => ({ Name: `ims/aem-${at}` }));
    let page = 0;
    await using gateway = await startGateway((_, response) => {
      page += 1;
      response.end(JSON.stringify({ SecretList, NextToken: `page-${page}` }));
    });
    const source = aws.sourceWith({ endpoint: gateway.endpoint });
    expect(await reasonOf(source.list())).toMatch(/\(TooManySecrets\).*CREDENTIAL_SECRET_PREFIX/);
    expect(page).toBe(5);
  });

  it.each([
    ['text', { SecretString: 'x'.repeat(64 * 1024 + 1) }],
    ['text of two bytes a character', { SecretString: 'é'.repeat(32 * 1024 + 1) }],
    ['bytes', { SecretBinary: Buffer.alloc(64 * 1024 + 1).toString('base64') }],
  ])('refuses a secret above 64 KiB alone, as %s', async (_, value) => {
    await using aws = await SecretsManagerFixture.make();
    const stages = { v1: ['AWSCURRENT'] };
    const listed = {
      SecretList: ['aem-big', 'aem-max'].map((name) => ({
        Name: `ims/${name}`,
        SecretVersionsToStages: stages,
      })),
    };
    const SecretValues = [
      { Name: 'ims/aem-big', VersionId: 'v1', ...value },
      { Name: 'ims/aem-max', VersionId: 'v1', SecretString: 'x'.repeat(64 * 1024) },
    ];
    await using gateway = await startGateway((request, response) => {
      response.end(JSON.stringify(actionOf(request) === 'ListSecrets' ? listed : { SecretValues }));
    });
    const source = aws.sourceWith({ endpoint: gateway.endpoint });
    const contents = (await source.list()).map(({ content }) => content);
    expect(contents).toMatchObject([
      { code: 'credential_unreadable', diagnosis: expect.stringMatching(/SecretTooLarge.*64 KiB/) },
      { code: 'credential_invalid_json' },
    ]);
  });
});
