import { get, type Agent } from 'node:http';

interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

interface AskOptions {
  readonly agent?: Agent;
  readonly key?: string;
  /** In milliseconds: how long silence is borne. */
  readonly patience?: number;
}

/** One GET over a kept connection, with node:http, so that 100,000 vends cost the client little. */
export function ask(url: string, { agent, key, patience = 5_000 }: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const request = get(url, { headers, timeout: patience, ...(agent && { agent }) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      response.once('end', () => {
        const { etag, 'retry-after': retryAfter } = response.headers;
        resolve({ status: response.statusCode ?? 0, etag, retryAfter, text });
      });
    });
    request.once('timeout', () => request.destroy(new Error('no answer')));
    request.once('error', reject);
  });
}
