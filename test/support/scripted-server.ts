import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach } from 'vitest';

interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

type Script = (request: IncomingMessage) => ScriptedAnswer | 'hang' | Promise<ScriptedAnswer>;

export interface ScriptedServer {
  readonly origin: string;
  readonly requests: readonly string[];
  /** What comes next; the last one stays. */
  script: Script;
  close(): Promise<void>;
}

/** A server that says what a test wants it to, over real HTTP. */
async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const requests: string[] = [];
  const scripted = { script };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push(`${request.method} ${request.url}`);
    const said = await scripted.script(request);
    if (said === 'hang') return;
    const type = { 'content-type': said.status < 400 ? 'application/json' : 'application/problem+json' };
    response.writeHead(said.status, { ...type, ...said.headers });
    response.end(said.body === undefined ? undefined : JSON.stringify(said.body));
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(scripted, {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Starts such servers for a file's tests, and closes them after each. */
export function useScriptedServers(): typeof startScriptedServer {
  const servers: ScriptedServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  return async (script) => {
    const server = await startScriptedServer(script);
    servers.push(server);
    return server;
  };
}

/** The answer to a request for a token. */
export const tokenAnswer = (token: string, refreshIn = 40_000, expiresIn = 80_000): ScriptedAnswer => ({
  status: 200,
  body: {
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresIn,
    expires_at: 0,
    refresh_in: refreshIn,
  },
});

/** A refusal in the service's words. */
export const problemAnswer = (
  status: number,
  code: string,
  headers: Record<string, string> = {},
  detail = 'No.',
): ScriptedAnswer => ({ status, headers, body: { type: '', title: '', status, detail, code } });
