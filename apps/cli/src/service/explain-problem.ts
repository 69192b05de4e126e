import type { Secret } from '#libs/tokens';
import { z } from 'zod';

import { CommandFailure } from '../command-failure.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** Problem details (RFC 9457), as far as people need them. */
const Problem = z.object({ code: z.string(), detail: z.string() });

/** What the service's own words leave for the person here to do. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['unauthenticated', 'Check --key-file, and that the callers file has the SHA-256 of that key.'],
  ['forbidden', "Check NAME, and the caller's tokens and permissions in the callers file."],
  ['credential_not_found', 'Check NAME, or store the document with: ims-token put NAME FILE'],
]);

/** An answer that is no token, in words. */
export function explainProblem(response: Response, body: string, key: Secret): CommandFailure {
  const { status } = response;
  const problem = readProblem(body);
  const diagnosis =
    problem === null
      ? `HTTP ${status}, but not in the words of a token service. Is --url its address, with nothing in between?`
      : [`${problem.detail} (HTTP ${status})`, REMEDIES.get(problem.code), whenToAskAgain(response)]
          .filter((part) => part !== undefined)
          .join(' ');
  return new CommandFailure({
    code: problem?.code ?? 'answer_unreadable',
    // Whatever stands behind --url may echo what it was sent.
    diagnosis: diagnosis.replaceAll(key.reveal(), '[key]'),
    exitCode: exitCodeOf(status),
  });
}

function readProblem(body: string): z.infer<typeof Problem> | null {
  try {
    return Problem.parse(JSON.parse(body));
  } catch {
    return null;
  }
}

function whenToAskAgain({ headers }: Response): string | undefined {
  const seconds = /^\d{1,6}$/.exec(headers.get('retry-after') ?? '')?.[0];
  return seconds === undefined
    ? undefined
    : `Ask again in ${seconds} ${seconds === '1' ? 'second' : 'seconds'}.`;
}

const exitCodeOf = (status: number): ExitCode => (status >= 500 || status === 429 ? EXIT.notNow : EXIT.bad);
