import type { AllowedOrigins } from '#libs/credential-sources';
import { SystemClock } from '#libs/tokens';

import { CommandFailure } from '../command-failure.ts';
import { EXIT } from '../exit-codes.ts';
import { checkDocument } from './check-document.ts';
import { tryExchange } from './exchange.ts';
import type { Finding } from './finding.ts';

/**
 * Lets a document pass that the service can use; where wanted, only after a real exchange, which a local development
 * token does not need.
 * @returns the warnings
 * @throws CommandFailure saying what is wrong with it
 */
export async function requireGoodDocument(
  document: Uint8Array,
  allowedOrigins: AllowedOrigins,
  exchange: boolean,
): Promise<readonly Finding[]> {
  const { credential, problems, warnings } = checkDocument(document, allowedOrigins, new SystemClock().now());
  if (credential === null) {
    const [problem = { code: 'credential_unreadable', diagnosis: 'The document is of no use.' }] = problems;
    throw new CommandFailure({ ...problem, exitCode: EXIT.bad });
  }
  if (!exchange || credential.kind === 'local') return warnings;
  const trial = await tryExchange(credential);
  if (!trial.ok) throw new CommandFailure({ ...trial.problem, exitCode: trial.exitCode });
  return warnings;
}
