/** The baseline: a `node:http` server that gives every request one and the same prepared answer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it answers; Node adds `date`, `connection` and `keep-alive` by itself. */
export interface BareAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const { status, headers, body } = JSON.parse(process.argv[2] ?? '') as BareAnswer;
const answersPosts = process.argv[3] === 'POST';

const server = createServer((request, response) => {
  const respond = (): void => void response.writeHead(status, headers).end(body);
  if (answersPosts) request.resume().once('end', respond);
  else respond();
});
// Fastify's default, so that both announce the same.
server.keepAliveTimeout = 72_000;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});
