interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  /** Milliseconds on the monotonic clock. */
  readonly at: number;
}

interface RecordedFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: readonly RecordedRequest[];
  /** The requests for a path, such as `/v1/tokens/aem-dev`, or for a method and a path. */
  readonly to: (path: string) => readonly RecordedRequest[];
}

/** The real `fetch`, with a record of its requests. */
export function recordFetch(send: typeof globalThis.fetch = globalThis.fetch): RecordedFetch {
  const requests: RecordedRequest[] = [];
  return {
    requests,
    fetch: (input, init) => {
      const { method, url, headers } = new Request(input instanceof Request ? input.clone() : input, {
        ...init,
        body: null,
      });
      requests.push({ method, path: new URL(url).pathname, headers, at: performance.now() });
      return send(input, init);
    },
    to: (path) =>
      requests.filter((request) => path === request.path || path === `${request.method} ${request.path}`),
  };
}
