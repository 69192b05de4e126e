import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { millis, type PeerAnswer, type PeerRequest } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { named, tokenOf } from '../../../../test/support/tokens/documents.ts';
import { SealingKeys } from '../sealing/sealing-keys.ts';
import { HttpPeers } from './http-peers.ts';
import { parsePeers } from './peer-address.ts';
import { PeerMessages } from './peer-messages.ts';
import { PeerResponder } from './peer-responder.ts';

const keys = (kid: string): SealingKeys =>
  SealingKeys.parse(`${kid}:${Buffer.from(`${kid} 7fX2q9Lr4mZp`.padEnd(32, 'aB3dE5')).toString('base64')}`);
const messages = new PeerMessages(keys('k1'), 'ims-token');
const NAME = named('aem-dev');
const REQUEST: PeerRequest = { known: [[NAME, 3]], range: { after: '', upTo: null } };
const record = { name: NAME, generation: 7, token: tokenOf('marked-token'), version: 'v1' };
const ANSWER: PeerAnswer = {
  news: [
    { name: NAME, generation: 7, record },
    { name: named('aem-gone'), generation: 2, record: null },
  ],
  isWhole: true,
  knowsAll: false,
};

/** A process that answers every good request with ANSWER. */
function responding(by = messages) {
  const clock = new ManualClock();
  const asked: PeerRequest[] = [];
  const responder = new PeerResponder(
    by,
    (request) => {
      asked.push(request);
      return ANSWER;
    },
    clock,
  );
  const seal = (from = messages, at: number = clock.now()): Promise<string> =>
    from.sealRequest({ request: REQUEST, nonce: randomUUID(), at });
  return { clock, asked, responder, seal };
}

describe('a request of a peer', () => {
  it('is answered, and neither message shows a token', async () => {
    const { clock, asked, responder } = responding();
    const nonce = randomUUID();
    const sealed = await messages.sealRequest({ request: REQUEST, nonce, at: clock.now() });
    const answer = (await responder.respond(sealed)) ?? '';
    expect(asked).toEqual([REQUEST]);
    expect(await messages.openAnswer(answer, nonce)).toEqual(ANSWER);
    for (const each of answer.split('.')) {
      expect(Buffer.from(each, 'base64url').toString()).not.toContain('marked');
    }
  });

  it('answers nothing that fits another request', async () => {
    const { responder, seal } = responding();
    const answer = (await responder.respond(await seal())) ?? '';
    await expect(messages.openAnswer(answer, randomUUID())).rejects.toThrow('sealed for another place');
    await expect(messages.openRequest(answer)).rejects.toThrow('sealed for another place');
  });

  it.each<[string, (parts: ReturnType<typeof responding>) => Promise<string>]>([
    ['nothing', async () => ''],
    ['no sealed text', async () => JSON.stringify(REQUEST)],
    ['a changed text', async ({ seal }) => (await seal()).replace(/.{6}$/, 'AAAAAA')],
    ['one by another key', ({ seal }) => seal(new PeerMessages(keys('k2'), 'ims-token'))],
    [
      'one by another key of the same name',
      ({ seal }) =>
        seal(
          new PeerMessages(
            SealingKeys.parse(`k1:${Buffer.from('q1W2e3R4t5Y6u7I8o9P0a1S2d3F4g5H6').toString('base64')}`),
            'ims-token',
          ),
        ),
    ],
    ['one of another service', ({ seal }) => seal(new PeerMessages(keys('k1'), 'other'))],
    ['an answer', async () => messages.sealAnswer(ANSWER, randomUUID())],
    ['one of long ago', ({ seal, clock }) => seal(messages, clock.now() - 601_000)],
    ['one of the far future', ({ seal, clock }) => seal(messages, clock.now() + 601_000)],
  ])('is refused without a word if it is %s', async (_, make) => {
    const parts = responding();
    expect(await parts.responder.respond(await make(parts))).toBeNull();
    expect(parts.asked).toEqual([]);
  });

  it('is answered although clocks of machines differ, and only so often in a second', async () => {
    const { clock, asked, responder, seal } = responding();
    const sealed = await seal(messages, clock.now() - 500_000);
    for (let copies = 0; copies < 150; copies += 1) await responder.respond(sealed);
    expect(asked).toHaveLength(100);
    clock.advance(millis(1_000));
    expect(await responder.respond(sealed)).not.toBeNull();
  });
});

/** A server on a free port of this machine. */
async function serve(listener: RequestListener): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const good: RequestListener = (request, response) => {
  void (async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { request: sealed } = JSON.parse(Buffer.concat(chunks).toString()) as { request: string };
    const responder = new PeerResponder(messages, () => ANSWER);
    response.end(JSON.stringify({ answer: await responder.respond(sealed) }));
  })();
};

describe('HttpPeers', () => {
  it.each<[string, RequestListener]>([
    ['hangs', () => undefined],
    ['hangs in its answer', (_, response) => void response.write('{"answer": "')],
    ['closes the connection', (request) => request.socket.destroy()],
    ['refuses', (_, response) => response.writeHead(404).end('{}')],
    ['sends no JSON', (_, response) => response.end('<html>')],
    ['sends no sealed text', (_, response) => response.end('{"answer": "a.b.c.d.e"}')],
    ['redirects', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    [
      'sends the answer to another request',
      (_, response) =>
        void messages
          .sealAnswer(ANSWER, randomUUID())
          .then((answer) => response.end(JSON.stringify({ answer }))),
    ],
    [
      'sends without end',
      (_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      },
    ],
  ])('does without a peer that %s', async (_, listener) => {
    await using bad = await serve(listener);
    await using well = await serve(good);
    const peers = new HttpPeers({
      messages,
      addresses: [
        { host: '127.0.0.1', port: bad.port },
        { host: '127.0.0.1', port: well.port },
        { host: 'nobody.invalid', port: 80 },
      ],
    });
    expect(await peers.ask(REQUEST)).toEqual([ANSWER]);
  });
});

describe('parsePeers', () => {
  it.each([
    ['peers', [{ host: 'peers', port: null }]],
    ['tokens-peers.ims.svc:3000', [{ host: 'tokens-peers.ims.svc', port: 3000 }]],
    [
      '10.0.0.1:3000, [2001:db8::1]:80',
      [
        { host: '10.0.0.1', port: 3000 },
        { host: '2001:db8::1', port: 80 },
      ],
    ],
  ])('reads %s', (text, expected) => {
    expect(parsePeers(text)).toEqual(expected);
  });

  it.each([
    '',
    ',',
    'http://peers',
    'peers:',
    'peers:0',
    'peers:65536',
    'a b',
    '2001:db8::1',
    'user@peers',
    'peers/x',
  ])('refuses %j', (text) => {
    expect(() => parsePeers(text)).toThrow(/must be HOST or HOST:PORT/);
  });
});
