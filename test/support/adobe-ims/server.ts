import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** One request that the server received. */
export interface ReceivedRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly form: URLSearchParams;
}

export type Reply = (response: ServerResponse, request: ReceivedRequest) => void;

/**
 * Starts an IMS that sends each reply once, in order, and repeats the last one. It stops at the end of the
 * test.
 */
export async function serve(...replies: readonly Reply[]) {
  const received: ReceivedRequest[] = [];
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    const request = {
      url: incoming.url ?? '',
      headers: incoming.headers,
      body,
      form: new URLSearchParams(body),
    };
    const reply = replies[Math.min(received.length, replies.length - 1)];
    received.push(request);
    reply?.(response, request);
  };
  const server = createServer((incoming, response) => void answer(incoming, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

/** Answers with JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return raw(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

/** Answers with any body. */
export function raw(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(status, headers).end(body);
}

/** An opaque token of the JWT exchange that lives 24 hours. */
export const dayToken = json(200, {
  token_type: 'bearer',
  access_token: 'eyJ.day.token',
  expires_in: 86_399_999,
});

/** A `Date` header that is ahead of this machine's clock. */
export const dateHeader = (secondsAhead: number): Record<string, string> => ({
  date: new Date(Date.now() + secondsAhead * 1000).toUTCString(),
});
