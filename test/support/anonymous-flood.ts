import { connect } from 'node:net';

/** Fewer than the service lets wait on one connection. */
const PIPELINED = 30;
const CONNECTIONS = 8;
const END_OF_ANSWER = '"code":"';

/** Sends requests with a wrong key on a few connections, as fast as the service answers them. */
export async function floodWithWrongKeys(origin: string, path: string, requests: number): Promise<void> {
  const rounds = Math.ceil(requests / CONNECTIONS / PIPELINED);
  await Promise.all(Array.from({ length: CONNECTIONS }, () => flood(new URL(path, origin), rounds)));
}

/** How many requests `floodWithWrongKeys` sends for this number: whole rounds. */
export const wholeRounds = (requests: number): number =>
  Math.ceil(requests / CONNECTIONS / PIPELINED) * CONNECTIONS * PIPELINED;

async function flood({ hostname, port, pathname }: URL, rounds: number): Promise<void> {
  const request = `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer wrong\r\nX-Request-Id: ${'f'.repeat(128)}\r\n\r\n`;
  const socket = connect(Number(port), hostname);
  socket.setEncoding('latin1');
  let left = rounds;
  let answers = 0;
  let rest = '';
  await new Promise<void>((resolve, reject) => {
    const sendRound = (): void => {
      if (left === 0) {
        socket.end();
        resolve();
        return;
      }
      left -= 1;
      answers = 0;
      socket.write(request.repeat(PIPELINED));
    };
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the service closed a connection of the flood')));
    socket.on('connect', sendRound);
    socket.on('data', (chunk) => {
      const text = rest + String(chunk);
      const parts = text.split(END_OF_ANSWER);
      answers += parts.length - 1;
      rest = text.slice(-(END_OF_ANSWER.length - 1));
      if (answers === PIPELINED) sendRound();
    });
  });
}
