import type { FastifyRequest } from 'fastify';

const MAX_REQUESTS = 10_000;
const MAX_CLIENTS = 1_000;
const MAX_CLIENT_ID_LENGTH = 200;

/** One request. It has no query, body or headers, because they contain secrets. */
export interface LedgerEntry {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  clientId: string | null;
  /** `null` until the response is sent. */
  status: number | null;
}

/** The requests of one client to IMS. Requests to AEM are not counted. */
export interface ClientCounts {
  requests: number;
  issued: number;
  refused: number;
}

/** The response of `GET /sandbox/requests`. */
export interface LedgerReport {
  readonly byClient: Readonly<Record<string, ClientCounts>>;
  readonly requests: readonly LedgerEntry[];
}

/** Keeps the latest requests, and counts the requests to IMS per client. */
export class RequestLedger {
  readonly #entries: LedgerEntry[] = [];
  readonly #byClient = new Map<string, ClientCounts>();
  readonly #entryOf = new WeakMap<FastifyRequest, LedgerEntry>();

  arrived(request: FastifyRequest, atMs: number): void {
    const path = request.url.split('?')[0] ?? '';
    const entry = {
      at: new Date(atMs).toISOString(),
      method: request.method,
      path,
      clientId: null,
      status: null,
    };
    this.#entryOf.set(request, entry);
    this.#entries.push(entry);
    if (this.#entries.length > MAX_REQUESTS) this.#entries.shift();
  }

  identified(request: FastifyRequest, clientId: string | undefined): void {
    const entry = this.#entryOf.get(request);
    if (entry !== undefined) entry.clientId = clientId?.slice(0, MAX_CLIENT_ID_LENGTH) ?? null;
  }

  /** Counts a request to IMS. Call `identified` first: it sets the client. */
  counted(request: FastifyRequest): void {
    this.#count(request, 'requests');
  }

  issued(request: FastifyRequest): void {
    this.#count(request, 'issued');
  }

  answered(request: FastifyRequest, status: number): void {
    const entry = this.#entryOf.get(request);
    if (entry !== undefined) entry.status = status;
  }

  refused(request: FastifyRequest): void {
    this.#count(request, 'refused');
  }

  report(): LedgerReport {
    return { byClient: Object.fromEntries(this.#byClient), requests: this.#entries };
  }

  #count(request: FastifyRequest, what: keyof ClientCounts): void {
    const clientId = this.#entryOf.get(request)?.clientId;
    if (clientId === undefined || clientId === null) return;
    const counts = this.#byClient.get(clientId) ?? { requests: 0, issued: 0, refused: 0 };
    counts[what] += 1;
    if (this.#byClient.size < MAX_CLIENTS || this.#byClient.has(clientId))
      this.#byClient.set(clientId, counts);
  }
}
