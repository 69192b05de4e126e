import { AdobeImsClient } from '#libs/adobe-ims';
import { millis, SystemClock, type JwtCredential } from '#libs/tokens';

import type { PreparedResponse } from './programs/bare-server.ts';

/** The size of an exchange's request, and its response. */
export interface RecordedExchange {
  /** The bytes of the request's body. */
  readonly bodyBytes: number;
  readonly answer: PreparedResponse;
}

/** Headers of the connection, which are not part of the response. */
const CONNECTION_HEADERS = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding']);

/** Runs one exchange and records its request and response. */
export async function recordExchange(credential: JwtCredential): Promise<RecordedExchange> {
  const { fetch: realFetch } = globalThis;
  let recorded: RecordedExchange | undefined;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const bodyBytes = (await request.clone().arrayBuffer()).byteLength;
    const response = await realFetch(request);
    const headers = Object.fromEntries(
      [...response.headers].filter(([name]) => !CONNECTION_HEADERS.has(name)),
    );
    recorded = {
      bodyBytes,
      answer: { status: response.status, headers, body: await response.clone().text() },
    };
    return response;
  };
  try {
    await new AdobeImsClient({ clock: new SystemClock() }).exchange(credential, millis(10_000));
  } finally {
    globalThis.fetch = realFetch;
  }
  if (recorded === undefined) throw new Error('the exchange sent no request');
  return recorded;
}
