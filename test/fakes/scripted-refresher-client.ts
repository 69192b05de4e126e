import { RefresherClient, type RefresherResponse, type RefresherRequest } from '#libs/tokens';

/** A client whose requests wait until a test answers them. */
export class ScriptedRefresherClient extends RefresherClient {
  readonly asked: RefresherRequest[] = [];
  readonly #pending: ((answer: RefresherResponse | null) => void)[] = [];

  send(request: RefresherRequest): Promise<RefresherResponse | null> {
    this.asked.push(request);
    return new Promise((resolve) => this.#pending.push(resolve));
  }

  /** Answers the oldest pending request; null means a timeout. */
  answer(answer: RefresherResponse | null): void {
    this.#pending.shift()?.(answer);
  }

  handleWith(): void {
    throw new Error('ScriptedRefresherClient handles no requests');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
