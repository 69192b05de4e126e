import { on } from 'node:events';
import { setImmediate as otherWork } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import { parseCallers, toCaller } from './callers-document.ts';
import { CallersFileProblem } from './callers-file-problem.ts';
import { CallerRegistry } from './caller-registry.ts';
import type { ThreadAnswer } from './callers-thread.ts';

/** In characters, about 150 callers: they are parsed in less time than a thread starts. */
const SMALL = 20_000;
/** For a file that a slow machine reads in seconds. */
const DEADLINE_MS = 120_000;

const TOO_LARGE = 'the file takes longer than two minutes to parse: it is too large for this machine';

/** Node runs the sources with the condition `source`, and the compiled files without. */
const IS_SOURCE = import.meta.url.endsWith('.ts');

/**
 * Parses the text of a callers file like `parseCallers`. It does not block the thread that serves requests:
 * another one reads a large text, and sends its callers in slices.
 * @throws CallersFileProblem with every problem, by position or field
 */
export async function parseCallersApart(text: string): Promise<CallerRegistry> {
  if (text.length <= SMALL) return parseCallers(text);
  const thread = new Worker(
    new URL(IS_SOURCE ? './callers-thread.ts' : './callers-thread.js', import.meta.url),
    {
      workerData: text,
      env: {},
      execArgv: IS_SOURCE ? ['--conditions=source'] : [],
    },
  );
  try {
    return await collect(thread);
  } catch (error) {
    if (error instanceof CallersFileProblem) throw error;
    if (error instanceof Error && error.name === 'AbortError') throw new CallersFileProblem(TOO_LARGE);
    // A process without descriptors or memory cannot start a thread. A removed caller must be denied even so.
    return parseCallers(text);
  } finally {
    await thread.terminate();
  }
}

async function collect(thread: Worker): Promise<CallerRegistry> {
  const registry = new CallerRegistry();
  const answers = on(thread, 'message', { signal: AbortSignal.timeout(DEADLINE_MS), close: ['exit'] });
  thread.postMessage('next');
  for await (const [answer] of answers as AsyncIterable<[ThreadAnswer]>) {
    if ('problem' in answer) throw new CallersFileProblem(answer.problem);
    if (answer.callers.length === 0) return registry;
    for (const caller of answer.callers) registry.add(toCaller(caller));
    await otherWork();
    thread.postMessage('next');
  }
  throw new Error('the thread ended early');
}
