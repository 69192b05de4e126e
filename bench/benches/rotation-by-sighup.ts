import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AdobeImsClient } from '#libs/adobe-ims';
import { AllowedOrigins, parseCredential } from '#libs/credential-sources';
import { millis, SystemClock } from '#libs/tokens';

import { figure, type Benchmark } from '../benchmark.ts';
import { RotatingService, type Rotation } from '../rotating-service.ts';
import { alternate } from '../rounds.ts';
import type { Workplace } from '../workplace.ts';

/** Long enough that the service does not poll during the benchmark. */
const POLL_SECONDS = 3_600;
const clock = new SystemClock();

/** Measures how soon the service uses a changed secret after `SIGHUP`. */
export async function rotationBySighup(workplace: Workplace, rounds: number): Promise<Benchmark> {
  const service = await RotatingService.start(workplace, POLL_SECONDS);
  const client = new SecretsManagerClient(service.secrets.clientConfig);
  const measured = await alternate(
    rounds,
    () => service.rotate((child) => child.sendSighup()),
    () => readAndExchange(client, AllowedOrigins.parse(workplace.imsOrigin)),
  );
  client.destroy();
  await service.stop();
  return {
    title: 'A changed secret, announced by `SIGHUP`',
    subject: `token service, \`CREDENTIAL_POLL_SECONDS=${POLL_SECONDS}\``,
    baseline: 'the SDK’s read and one exchange',
    figures: [
      figure('Until status shows the new version healthy', 'ms', measured, ({ noticed }) => noticed),
      figure('Until callers get a token of the new version', 'ms', measured, ({ inUse }) => inUse),
    ],
    explanation: `As above, with \`SIGHUP\` sent right after the new version is stored. The baseline is what every
rotation needs, in this process and without a service: \`GetSecretValue\` with AWS's SDK (the first
row), and the same with one \`AdobeImsClient.exchange\` of the document (the second row). The service
receives the signal at once but acts on its one-second timer. That is nearly all of the difference, so
the ratio is large although the time is short.`,
  };
}

/** The steps that every rotation needs: one read and one exchange. */
async function readAndExchange(
  client: SecretsManagerClient,
  allowedOrigins: AllowedOrigins,
): Promise<Rotation> {
  const begun = performance.now();
  const command = new GetSecretValueCommand({ SecretId: RotatingService.secretId });
  const { SecretString: document = '' } = await client.send(command);
  const noticed = performance.now() - begun;
  const credential = parseCredential(document, { allowedOrigins, now: clock.now() });
  if (credential.kind !== 'jwt') throw new Error('the sandbox created an unusable credential');
  await new AdobeImsClient({ clock }).exchange(credential, millis(10_000));
  return { noticed, inUse: performance.now() - begun };
}
