import { RefresherClient, type RefresherResponse, type RefresherRequest } from '../ports/refresher-client.ts';
import type { Millis } from '../model/units.ts';
import { withDeadlineOr } from '../model/deadline.ts';

/** The line of a process that holds credentials itself: it asks nobody else, and answers others where there are any. */
export class LocalRefresher extends RefresherClient {
  readonly #others: RefresherClient | null;
  #answer: ((request: RefresherRequest) => Promise<RefresherResponse>) | null = null;

  /** @param others the line to processes without credentials; null where this one is alone */
  constructor(others: RefresherClient | null) {
    super();
    this.#others = others;
  }

  async send(request: RefresherRequest, patience: Millis): Promise<RefresherResponse | null> {
    if (this.#answer === null) return null;
    // A defect in whoever answers, and one that takes too long, are the same to who asks: no answer.
    return withDeadlineOr<RefresherResponse | null>(patience, this.#answer(request), null).catch(() => null);
  }

  handleWith(answer: (request: RefresherRequest) => Promise<RefresherResponse>): void {
    this.#answer = answer;
    this.#others?.handleWith(answer);
  }

  async close(): Promise<void> {
    this.#answer = null;
    await this.#others?.close();
  }
}
