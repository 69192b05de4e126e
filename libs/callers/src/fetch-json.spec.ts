import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { startGateway } from '../../../test/support/credential-sources/gateway.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { fetchJson } from './fetch-json.ts';
import { KeysUnavailable } from './keys-unavailable.ts';

const BOMB = Buffer.alloc(64 * 1024 * 1024, ' ');

function endless(response: ServerResponse): void {
  const send = (): void => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  };
  response.on('drain', send);
  send();
}

async function reasonOf(url: string): Promise<string> {
  const error: unknown = await fetchJson(url, undefined, new AbortController().signal).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KeysUnavailable);
  return String(error);
}

describe('fetchJson', () => {
  it('reads 512 KiB of an endless answer, and closes the connection', async () => {
    let open = 0;
    await using issuer = await startGateway((_, response) => {
      open += 1;
      response.on('close', () => (open -= 1));
      endless(response);
    });
    expect(await reasonOf(issuer.endpoint)).toContain('answered more than 524288 bytes');
    await eventually(
      async () => open,
      (left) => left === 0,
    );
  });

  it.each([
    ['gzip', gzipSync(BOMB)],
    ['deflate', deflateSync(BOMB)],
    ['br', brotliCompressSync(BOMB)],
    ['gzip, gzip', gzipSync(gzipSync(BOMB))],
  ])('counts the bytes of %s after decompression', async (encoding, body) => {
    await using issuer = await startGateway((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(body);
    });
    expect(await reasonOf(issuer.endpoint)).toContain('answered more than 524288 bytes');
  });

  it('reads no body of an endless error', async () => {
    await using issuer = await startGateway((_, response) => {
      response.writeHead(500);
      endless(response);
    });
    expect(await reasonOf(issuer.endpoint)).toContain('answered HTTP 500');
  });

  it('gives up an answer that drips', async () => {
    await using issuer = await startGateway((_, response) => {
      const drip = setInterval(() => response.write(' '), 100);
      response.on('close', () => clearInterval(drip));
    });
    expect(await reasonOf(issuer.endpoint)).toContain('gave no complete answer within 5000 ms');
  });

  it('refuses JSON of absurd depth', async () => {
    await using issuer = await startGateway((_, response) => response.end('['.repeat(400_000)));
    expect(await reasonOf(issuer.endpoint)).toContain('is not JSON');
  });
});
