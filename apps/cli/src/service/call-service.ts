import type { Secret } from '#libs/tokens';

import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { explainProblem } from './explain-problem.ts';

/** The service answers from its memory, and within seconds where it has to ask Adobe; the rest is for networks. */
const REQUEST_TIMEOUT = 30_000;

type ServiceAnswer = Readonly<Record<string, unknown>>;

/**
 * One request to a running service, with a JSON body where there is something to say.
 * @throws CommandFailure where it gives no answer, refuses, or does not answer in JSON
 */
export async function callService(url: URL, key: Secret, say?: object): Promise<ServiceAnswer> {
  const { response, body } = await send(url, key, say);
  if (!response.ok) throw explainProblem(response, body, key);
  const answer = parse(body);
  if (answer === null) throw unreadableAnswer(url);
  return answer;
}

/** An answer that is not what a token service would say. */
export const unreadableAnswer = (url: URL): CommandFailure =>
  new CommandFailure({
    code: 'answer_unreadable',
    diagnosis: `${url.origin} answered, but not as a token service. Is --url the address of the token service?`,
    exitCode: EXIT.bad,
  });

async function send(
  url: URL,
  key: Secret,
  say: object | undefined,
): Promise<{ response: Response; body: string }> {
  try {
    const response = await fetch(url, {
      headers: {
        authorization: `Bearer ${key.reveal()}`,
        accept: 'application/json',
        ...(say === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(say === undefined ? {} : { method: 'POST', body: JSON.stringify(say) }),
      // Whoever redirects must not get the key.
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
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
