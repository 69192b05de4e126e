import { sendRequest, type ServiceResponse } from '#libs/client';
import { errorCode, type Secret } from '#libs/tokens';

import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { explainProblem } from './explain-problem.ts';

/**
 * In milliseconds. The service answers within seconds, also when it needs Adobe; the rest is for slow
 * networks.
 */
const REQUEST_TIMEOUT = 30_000;

type ServiceAnswer = Readonly<Record<string, unknown>>;

/**
 * Sends one request to a running service: a POST with a body, else a GET.
 * @throws CommandFailure when the service does not answer, refuses, or answers without JSON
 */
export async function callService(url: URL, key: Secret, body?: object): Promise<ServiceAnswer> {
  const response = await send(url, key, body);
  if (response.status < 200 || response.status > 299) throw explainProblem(response, key);
  const answer = parse(response.body);
  if (answer === null) throw unreadableAnswer(url);
  return answer;
}

/** An answer that a token service does not send. */
export const unreadableAnswer = (url: URL): CommandFailure =>
  new CommandFailure({
    code: 'answer_unreadable',
    diagnosis: `${url.origin} answered, but not as a token service. Is --url the address of the token service?`,
    exitCode: EXIT.bad,
  });

async function send(url: URL, key: Secret, body: object | undefined): Promise<ServiceResponse> {
  try {
    return await sendRequest({
      url,
      callerToken: key.reveal(),
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT),
    });
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

/** The system's code when there is one: the message of `fetch` says only that it failed. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? (errorCode(error.cause) ?? error.name) : 'unknown reason';
}

function parse(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
