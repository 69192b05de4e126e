/** The service's own source, by itself: reads every secret under a prefix. A process of its own, told over IPC when. */
import { AllowedOrigins, AwsSecretsManagerSource } from '#libs/credential-sources';
import { SystemClock, type SourcedCredential } from '#libs/tokens';

import { answerLooks } from './answer-looks.ts';

const [prefix = '', imsOrigin = ''] = process.argv.slice(2);
const source = new AwsSecretsManagerSource({
  prefix,
  allowedOrigins: AllowedOrigins.parse(imsOrigin),
  clock: new SystemClock(),
});
/** As the service keeps it. */
let credentials: readonly SourcedCredential[] = [];

answerLooks(async () => {
  credentials = await source.list();
  return credentials.filter(({ content }) => content.kind === 'oauth').length;
});
