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
  /** Those for a path, such as `/v1/tokens/aem-dev`; with `method` and its space in front where that matters. */
  readonly to: (path: string) => readonly RecordedRequest[];
}

/** The real `fetch`, with a record of what was asked of it. */
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
