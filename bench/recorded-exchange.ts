import { AdobeImsClient } from '#libs/adobe-ims';
import { millis, SystemClock, type JwtCredential } from '#libs/tokens';

import type { BareAnswer } from './programs/bare-server.ts';

/** An exchange as it went over the wire. */
export interface RecordedExchange {
  /** How many bytes the request's body had. */
  readonly bodyBytes: number;
  readonly answer: BareAnswer;
}
/** Framing that belongs to a connection, not to the answer. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding']);

/** Runs one exchange and keeps what was sent and answered. */
export async function recordExchange(credential: JwtCredential): Promise<RecordedExchange> {
  const { fetch: realFetch } = globalThis;
  let recorded: RecordedExchange | undefined;
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const bodyBytes = (await request.clone().arrayBuffer()).byteLength;
    const response = await realFetch(request);
    const headers = Object.fromEntries(
      [...response.headers].filter(([name]) => !OF_THE_CONNECTION.has(name)),
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
  if (recorded === undefined) throw new Error('the exchange sent nothing');
  return recorded;
}
