import { parentPort, workerData } from 'node:worker_threads';

import { readCallers, type CallerFields } from './callers-document.ts';
import { CallersFileProblem } from './callers-file-problem.ts';

/** What the thread answers to each message. An empty list is the end. */
export type ThreadAnswer = { readonly callers: readonly CallerFields[] } | { readonly problem: string };

/** So few that the main thread takes about a millisecond for them. */
const SLICE = 250;

/** The thread that reads a large callers file. It sends a slice of the callers for each message. */
function* answers(text: string): Generator<ThreadAnswer> {
  try {
    const callers = readCallers(text);
    for (let from = 0; from < callers.length; from += SLICE) {
      yield { callers: callers.slice(from, from + SLICE) };
    }
    yield { callers: [] };
  } catch (error) {
    if (!(error instanceof CallersFileProblem)) throw error;
    yield { problem: error.message };
  }
}

const answer = answers(String(workerData));
parentPort?.on('message', () => parentPort?.postMessage(answer.next().value));
