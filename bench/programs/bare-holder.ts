/** The baseline of waiting callers: a `node:http` server that holds every request back, and answers all of them when told to. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { BareAnswer } from './bare-server.ts';

/** What this program is asked over IPC; the rest is for the probe. */
export type HolderQuestion = 'held' | 'answer';

const { status, headers, body } = JSON.parse(process.argv[2] ?? '') as BareAnswer;
let held: ServerResponse[] = [];

const server = createServer((_request, response) => void held.push(response));
server.keepAliveTimeout = 72_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});

process.on('message', (question: HolderQuestion) => {
  switch (question) {
    case 'held':
      process.send?.(held.length);
      break;
    case 'answer':
      for (const response of held) response.writeHead(status, headers).end(body);
      held = [];
      process.send?.(null);
      break;
  }
});
