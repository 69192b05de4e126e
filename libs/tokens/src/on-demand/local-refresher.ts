import { withDeadlineOr } from '../model/deadline.ts';
import type { Millis } from '../model/units.ts';
import {
  RefresherClient,
  type RefresherHandler,
  type RefresherRequest,
  type RefresherResponse,
} from '../ports/refresher-client.ts';

/**
 * The client of a process that holds credentials: it handles its own requests, and those of other processes.
 */
export class LocalRefresher extends RefresherClient {
  readonly #remote: RefresherClient | null;
  #handler: RefresherHandler | null = null;

  /** @param remote the connection to processes without credentials; null where this process is alone */
  constructor(remote: RefresherClient | null) {
    super();
    this.#remote = remote;
  }

  async send(request: RefresherRequest, timeout: Millis): Promise<RefresherResponse | null> {
    if (this.#handler === null) return null;
    // For the sender, a handler that fails and one that takes too long both give no answer.
    return withDeadlineOr<RefresherResponse | null>(timeout, this.#handler(request), null).catch(() => null);
  }

  handleWith(handler: RefresherHandler): void {
    this.#handler = handler;
    this.#remote?.handleWith(handler);
  }

  async close(): Promise<void> {
    this.#handler = null;
    await this.#remote?.close();
  }
}
