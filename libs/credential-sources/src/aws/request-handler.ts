import { Agent } from 'node:https';
import { pipeline, Transform, type Readable } from 'node:stream';

import { NodeHttpHandler } from '@smithy/node-http-handler';

import { environmentProxy } from '../proxy/environment-proxy.ts';

/** The SDK's own limit of connections to one host. */
const MAX_SOCKETS = 50;
/** AWS's largest answers, a hundred listed secrets or twenty values of 64 KiB, are smaller. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
/** In milliseconds, from the head of an answer to its end. */
const MAX_ANSWER_TIME = 10_000;

/** In milliseconds. The SDK has none by default. */
export interface RequestTimeouts {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly socketTimeout: number;
}

/**
 * The SDK's HTTP handler, for Secrets Manager and for the calls that fetch AWS credentials. The SDK ignores
 * HTTPS_PROXY; its agent gets the proxy here. The SDK reads an answer to its end; here an answer ends with an
 * error beyond 4 MiB or 10 seconds.
 */
export class AwsRequestHandler extends NodeHttpHandler {
  constructor(timeouts: RequestTimeouts) {
    const proxy = environmentProxy(process.env);
    const proxied = proxy === null ? {} : { proxyEnv: { ...proxy } };
    super({
      ...timeouts,
      throwOnRequestTimeout: true,
      httpsAgent: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...proxied }),
    });
  }

  override async handle(
    ...parameters: Parameters<NodeHttpHandler['handle']>
  ): ReturnType<NodeHttpHandler['handle']> {
    const { response } = await super.handle(...parameters);
    response.body = bounded(response.body as Readable);
    return { response };
  }
}

function bounded(body: Readable): Readable {
  let size = 0;
  const limited = new Transform({
    transform(chunk: Uint8Array, _, done) {
      size += chunk.byteLength;
      if (size > MAX_ANSWER_BYTES) done(new AnswerTooLarge());
      else done(null, chunk);
    },
  });
  const timer = setTimeout(() => limited.destroy(new AnswerTimeout()), MAX_ANSWER_TIME);
  // An error destroys both streams, and with the body the connection. The SDK gets it from `limited`.
  pipeline(body, limited, () => clearTimeout(timer));
  return limited;
}

class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** With the name that the SDK and `readAwsError` know. */
class AnswerTimeout extends Error {
  override readonly name = 'TimeoutError';
}
