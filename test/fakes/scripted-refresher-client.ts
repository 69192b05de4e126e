import { Questions, type Answer, type Question } from '#libs/tokens';

/** A line to somebody who answers as told, and only when told. */
export class ScriptedQuestions extends Questions {
  readonly asked: Question[] = [];
  readonly #waiting: ((answer: Answer | null) => void)[] = [];

  ask(question: Question): Promise<Answer | null> {
    this.asked.push(question);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Answers what has been waiting longest; null: nobody did in time. */
  answer(answer: Answer | null): void {
    this.#waiting.shift()?.(answer);
  }

  answerWith(): void {
    throw new Error('nobody answers through this one');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
