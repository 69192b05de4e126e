/** The baseline of long-polls: a `node:http` server that answers all waiting requests on command. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { PreparedResponse } from './bare-server.ts';

/** The messages of this program over IPC. The probe handles all others. */
export type LongPollServerRequest = 'count' | 'release';

const { status, headers, body } = JSON.parse(process.argv[2] ?? '') as PreparedResponse;
let waiting: ServerResponse[] = [];

const server = createServer((_request, response) => void waiting.push(response));
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});

process.on('message', (message: LongPollServerRequest) => {
  switch (message) {
    case 'count':
      process.send?.(waiting.length);
      break;
    case 'release':
      for (const response of waiting) response.writeHead(status, headers).end(body);
      waiting = [];
      process.send?.(null);
      break;
  }
});
