import { FastifyAdapter } from '@nestjs/platform-fastify';
import { addMultipartHook } from './multipart-hook.ts';

/** The PEM texts of an HTTPS server. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

const BODY_LIMIT = 1_048_576;

/** An HTTP server for every body encoding that clients of IMS use. Closing it also ends open connections. */
export function createHttpAdapter(tls: TlsPair | undefined): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
    multipart: false,
    ...(tls === undefined ? {} : { https: { cert: tls.cert, key: tls.key } }),
  });
  addMultipartHook(adapter.getInstance(), BODY_LIMIT);
  // Many clients send the JSON content type with a DELETE that has no body.
  adapter.useBodyParser('application/json', false, {}, (_request, body, done) => {
    done(null, body.length === 0 ? undefined : parsedJson(body));
  });
  // A body in any other encoding is accepted and has no parameters.
  adapter.getInstance().addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => {
    done(null, undefined);
  });
  return adapter;
}

function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (cause) {
    throw Object.assign(new Error('unreadable JSON body', { cause }), { statusCode: 400 });
  }
}
