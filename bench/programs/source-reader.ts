/** A process that reads every secret under a prefix with the credential source of the service. */
import { AllowedOrigins, AwsSecretsManagerSource } from '#libs/credential-sources';
import { SystemClock, type SourcedCredential } from '#libs/tokens';

import { readOnRequest } from './read-on-request.ts';

const [prefix = '', imsOrigin = ''] = process.argv.slice(2);
const source = new AwsSecretsManagerSource({
  prefix,
  allowedOrigins: AllowedOrigins.parse(imsOrigin),
  clock: new SystemClock(),
});
/** Kept in memory, as the service does. */
let credentials: readonly SourcedCredential[] = [];

readOnRequest(async () => {
  credentials = await source.list();
  return credentials.filter(({ content }) => content.kind === 'oauth').length;
});
