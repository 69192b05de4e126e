/** The baseline: a `node:http` server with the same prepared response for every request. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A prepared response. Node.js adds `date`, `connection` and `keep-alive`. */
export interface PreparedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const { status, headers, body } = JSON.parse(process.argv[2] ?? '') as PreparedResponse;
const answersPosts = process.argv[3] === 'POST';

const server = createServer((request, response) => {
  const respond = (): void => void response.writeHead(status, headers).end(body);
  if (answersPosts) request.resume().once('end', respond);
  else respond();
});
// The service's default, so that both servers send the same `keep-alive` header.
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});
