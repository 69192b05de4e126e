import type { AllowedOrigins } from '#libs/credential-sources';
import { SystemClock } from '#libs/tokens';

import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { checkDocument } from './check-document.ts';
import { tryExchange } from './exchange.ts';
import type { Finding } from './finding.ts';

/**
 * Checks that the service can use a document.
 * @param exchange whether to exchange the credential at Adobe IMS too; a local development token needs no
 * exchange
 * @returns the warnings
 * @throws CommandFailure with the fault of the document, or the failure of the exchange
 */
export async function requireGoodDocument(
  document: Uint8Array,
  allowedOrigins: AllowedOrigins,
  exchange: boolean,
): Promise<readonly Finding[]> {
  const { credential, problems, warnings } = checkDocument(document, allowedOrigins, new SystemClock().now());
  if (credential === null) {
    const [problem = { code: 'credential_unreadable', diagnosis: 'The service cannot use this document.' }] =
      problems;
    throw new CommandFailure({ ...problem, exitCode: EXIT.bad });
  }
  if (!exchange || credential.kind === 'local') return warnings;
  const trial = await tryExchange(credential);
  if (!trial.ok) throw new CommandFailure({ ...trial.problem, exitCode: trial.exitCode });
  return warnings;
}
