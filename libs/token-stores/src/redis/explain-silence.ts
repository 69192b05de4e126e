import { once } from 'node:events';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

import type { Endpoint } from './redis-address.ts';

/** The longest wait for one answer, in milliseconds. */
const ANSWER_TIMEOUT = 1_000;

/** The server speaks TLS, and REDIS_URL says that it does not, or the other way round. */
class WrongProtocol extends Error {
  constructor(spoken: 'TLS only' | 'no TLS') {
    super(`WrongProtocol ${spoken}`);
  }
}

/**
 * Finds out why a server ends connections without an answer, which ioredis does not report. Sends PING only.
 * Returns the error of TLS, or WrongProtocol; null if the server answers, or for no known reason.
 * @param tls the options of rediss://; null for redis://
 */
export async function explainSilence(
  endpoint: Endpoint,
  tls: ConnectionOptions | null,
): Promise<Error | null> {
  const { host, port } = endpoint;
  const plain = () => ping(connectPlain({ host, port }), 'connect');
  const overTls = (options: ConnectionOptions) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    return ping(connectTls({ host, port, ...servername, ...options }), 'secureConnect');
  };
  if (tls === null) {
    if ((await plain()) === 'answered') return null;
    const answer = await overTls({ rejectUnauthorized: false });
    return answer === 'answered' || isAlert(answer) ? new WrongProtocol('TLS only') : null;
  }
  const answer = await overTls(tls);
  if (answer instanceof Error) return answer;
  if (answer === 'silent' && (await plain()) === 'answered') return new WrongProtocol('no TLS');
  return null;
}

/** A TLS server ends a handshake that it refuses with an alert. */
const isAlert = (answer: unknown): boolean => answer instanceof Error && /alert/i.test(answer.message);

type Answer = 'answered' | 'silent' | Error;

/** Any answer to PING counts, also the refusal of a server that asks for a password. */
async function ping(socket: Socket, connected: 'connect' | 'secureConnect'): Promise<Answer> {
  socket.setTimeout(ANSWER_TIMEOUT, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.once(connected, () => socket.write('PING\r\n'));
  try {
    // Rejects at an error, which may come after the handshake: TLS 1.3 refuses a client certificate then.
    const [first] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as unknown[];
    // A TLS server may answer plain text with bytes of TLS.
    return first instanceof Buffer && /^[+-]/.test(first.toString('latin1')) ? 'answered' : 'silent';
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    socket.destroy();
  }
}
