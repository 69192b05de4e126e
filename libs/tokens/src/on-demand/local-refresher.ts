import { Questions, type Answer, type Question } from '../ports/refresher-client.ts';
import type { Millis } from '../model/units.ts';
import { withinOr } from '../model/deadline.ts';

/** The line of a process that holds credentials itself: it asks nobody else, and answers others where there are any. */
export class OwnQuestions extends Questions {
  readonly #others: Questions | null;
  #answer: ((question: Question) => Promise<Answer>) | null = null;

  /** @param others the line to processes without credentials; null where this one is alone */
  constructor(others: Questions | null) {
    super();
    this.#others = others;
  }

  async ask(question: Question, patience: Millis): Promise<Answer | null> {
    if (this.#answer === null) return null;
    // A defect in whoever answers, and one that takes too long, are the same to who asks: no answer.
    return withinOr<Answer | null>(patience, this.#answer(question), null).catch(() => null);
  }

  answerWith(answer: (question: Question) => Promise<Answer>): void {
    this.#answer = answer;
    this.#others?.answerWith(answer);
  }

  async close(): Promise<void> {
    this.#answer = null;
    await this.#others?.close();
  }
}
