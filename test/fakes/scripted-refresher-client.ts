import { RefresherClient, type RefresherResponse, type RefresherRequest } from '#libs/tokens';

/** A line to somebody who answers as told, and only when told. */
export class ScriptedRefresherClient extends RefresherClient {
  readonly asked: RefresherRequest[] = [];
  readonly #waiting: ((answer: RefresherResponse | null) => void)[] = [];

  send(request: RefresherRequest): Promise<RefresherResponse | null> {
    this.asked.push(request);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Answers what has been waiting longest; null: nobody did in time. */
  answer(answer: RefresherResponse | null): void {
    this.#waiting.shift()?.(answer);
  }

  handleWith(): void {
    throw new Error('nobody answers through this one');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
