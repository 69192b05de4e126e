import { figure, type Benchmark } from '../benchmark.ts';
import { RotatingService } from '../rotating-service.ts';
import { alternate } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

const POLL_SECONDS = 1;
const POLL_MS = POLL_SECONDS * 1_000;

/** How soon a changed secret is in use when nobody says that it changed. */
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
    explanation: `From \`PutSecretValue\` of one more key of the same account on the tests' Secrets Manager, to the production process answering
\`/v1/status/aem-dev\` with that version and \`/v1/tokens/aem-dev\` with another token than before; both are asked every few
milliseconds. Stored at moments spread over a second. Status tells which version is the current one, so it is ahead of the
exchange. What the service adds to the interval is its clock's step of a second (a step that comes a hair too early leaves the look to the
next, so at this interval it takes up to two seconds), one exchange with IMS and, with the real AWS and Adobe, the network; AWS's own listings may lag behind, which this server's do not.`,
  };
}
