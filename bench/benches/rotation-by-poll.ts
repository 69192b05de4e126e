import { figure, type Benchmark } from '../benchmark.ts';
import { RotatingService } from '../rotating-service.ts';
import { alternate } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const POLL_SECONDS = 1;
const POLL_MS = POLL_SECONDS * 1_000;

/** Measures how soon the service uses a changed secret that it finds by polling. */
export async function rotationByPoll(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const service = await RotatingService.start(workplace, POLL_SECONDS);
  const measured = await alternate(
    rounds,
    () => service.rotate(),
    () => Promise.resolve({ noticed: POLL_MS, inUse: POLL_MS }),
  );
  await service.stop();
  return {
    title: 'A changed secret, found by polling',
    subject: `token service, \`CREDENTIAL_POLL_SECONDS=${POLL_SECONDS}\``,
    baseline: 'the poll interval',
    figures: [
      figure('Until status shows the new version healthy', 'ms', measured, ({ noticed }) => noticed),
      figure('Until callers get a token of the new version', 'ms', measured, ({ inUse }) => inUse),
    ],
    explanation: `From \`PutSecretValue\` of another key of the same account on the tests' Secrets Manager, until the
production process answers \`/v1/status/aem-dev\` with that version and \`/v1/tokens/aem-dev\` with a
new token. The benchmark requests both every few milliseconds. The times of \`PutSecretValue\` are
spread over a second. Status shows the current version, so it changes before the exchange. The service
adds to the interval its one-second timer, one exchange with IMS and, with the real AWS and Adobe, the
network. A timer that fires slightly too early leaves the poll to the next one, so at this interval it
takes up to two seconds. AWS's listings may lag behind; those of this server do not.`,
  };
}
