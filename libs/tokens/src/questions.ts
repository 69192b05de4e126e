import type { Millis } from './units.ts';

/** What a process that holds no credentials may ask of those that do: to look at their source now and try what waits. */
export interface Question {
  readonly type: 'look-now';
}

/** It was done. */
export interface Answer {
  readonly type: 'done';
}

/** The line from processes that answer callers to those that hold credentials. */
export abstract class Questions {
  /** Asks, and waits `patience` at most. Null where nobody answered in that time, for whatever reason; never rejects. */
  abstract ask(question: Question, patience: Millis): Promise<Answer | null>;

  /** From now on this process answers. Of all that do, one answers each question. */
  abstract answerWith(answer: (question: Question) => Promise<Answer>): void;

  /** Lets go of connections; nothing is asked or answered afterwards. */
  abstract close(): Promise<void>;
}
