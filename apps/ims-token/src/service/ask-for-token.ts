import type { Secret } from '#libs/tokens';

import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { explainProblem } from './explain-problem.ts';

/** The service answers from its memory; this is for networks. */
const LONGEST_REQUEST = 15_000;

/** The service's answer to a request for a token. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly [other: string]: unknown;
}

/** Asks a running service. @throws CommandFailure saying in words why there is no token */
export async function askForToken(url: URL, key: Secret): Promise<TokenAnswer> {
  const { response, body } = await request(url, key);
  if (!response.ok) throw explainProblem(response, body, key);
  const answer = parse(body);
  const token = answer?.['access_token'];
  if (answer === null || typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    const diagnosis = `${url.origin} answered, but not with a token. Is --url the address of the token service?`;
    throw new CommandFailure({ code: 'answer_unreadable', diagnosis, exitCode: EXIT.bad });
  }
  return { ...answer, access_token: token };
}

async function request(url: URL, key: Secret): Promise<{ response: Response; body: string }> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${key.reveal()}`, accept: 'application/json' },
      // Whoever redirects must not get the key.
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_REQUEST),
    });
    return { response, body: await response.text() };
  } catch (error) {
    const diagnosis = `${url.origin} gave no answer (${reasonOf(error)}). Check --url and the way there.`;
    throw new CommandFailure({
      code: 'service_unreachable',
      diagnosis,
      exitCode: EXIT.unreachable,
      cause: error,
    });
  }
}

/** The system's code where there is one: `fetch` itself says only that it failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}

function parse(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
