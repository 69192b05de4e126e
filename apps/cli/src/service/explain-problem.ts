import { retryAfter, type ServiceResponse } from '#libs/client';
import type { Secret } from '#libs/tokens';
import { z } from 'zod';

import { CommandFailure } from '../command-failure.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

/** The fields of problem details (RFC 9457) that the command prints. */
const Problem = z.object({ code: z.string(), detail: z.string() });

/** What the person can do, by the code of the problem. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['unauthenticated', 'Check --key-file, and that the callers file has the SHA-256 of that key.'],
  ['forbidden', "Check NAME, and the caller's tokens and permissions in the callers file."],
  ['credential_not_found', 'Check NAME, or store the document with: ims-token put NAME FILE'],
]);

/** The failure for a response without a token or a revocation, in the service's own words if it has them. */
export function explainProblem({ status, headers, body }: ServiceResponse, key: Secret): CommandFailure {
  const problem = readProblem(body);
  const diagnosis =
    problem === null
      ? `HTTP ${status}, but not in the words of a token service. Is --url its address, with nothing in between?`
      : [`${problem.detail} (HTTP ${status})`, REMEDIES.get(problem.code), whenToAskAgain(headers)]
          .filter((part) => part !== undefined)
          .join(' ');
  return new CommandFailure({
    code: problem?.code ?? 'answer_unreadable',
    // A server at --url that is not the service may echo the request.
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

function whenToAskAgain(headers: Headers): string | undefined {
  const seconds = retryAfter(headers);
  return seconds === null ? undefined : `Ask again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`;
}

const exitCodeOf = (status: number): ExitCode => (status >= 500 || status === 429 ? EXIT.notNow : EXIT.bad);
