import { JSON_FLAG, readCommandLine } from '../command-line.ts';
import type { Command } from '../command.ts';
import {
  ALLOWED_ORIGINS_FLAG,
  ALLOWED_ORIGINS_HELP,
  readAllowedOrigins,
} from '../documents/allowed-origins.ts';
import type { Finding } from '../documents/finding.ts';
import { requireGoodDocument } from '../documents/require-good-document.ts';
import { EXIT } from '../exit-codes.ts';
import { printGood, printJson, warn } from '../output.ts';
import { CredentialSecret } from '../secrets/credential-secret.ts';
import { promotePending, type Promotion } from '../secrets/promote-pending.ts';
import { PREFIX_FLAG, PREFIX_HELP, secretName } from '../secrets/secret-name.ts';

const HELP = `ims-token promote NAME [--no-exchange] [--prefix PREFIX] [--allowed-origins LIST] [--json]

Puts the version that "put --pending" stored in use, after a check and an exchange for a token at Adobe IMS. The
version that was in use stays in AWS as AWSPREVIOUS.

  --no-exchange            skips the exchange at Adobe IMS
${PREFIX_HELP}
${ALLOWED_ORIGINS_HELP}
  --json                   one JSON object instead of text`;

/** `ims-token promote`: puts the pending version in use. */
export const promote: Command = {
  help: HELP,
  async run(args) {
    const { values, given } = readCommandLine(args, ['NAME'], {
      'no-exchange': { type: 'boolean' },
      ...PREFIX_FLAG,
      ...ALLOWED_ORIGINS_FLAG,
      ...JSON_FLAG,
    });
    const [name = ''] = given;
    const id = secretName(name, values.prefix);
    const allowed = readAllowedOrigins(values['allowed-origins']);
    let warnings: readonly Finding[] = [];
    const promotion = await promotePending(await CredentialSecret.open(id), async (document) => {
      warnings = await requireGoodDocument(document, allowed, values['no-exchange'] !== true);
    });
    for (const { code, diagnosis } of warnings) warn(`${code}: ${diagnosis}`);
    if (values.json === true) printJson(toJson(name, id, promotion, warnings));
    else printGood(describePromotion(id, promotion));
    return EXIT.good;
  },
};

const toJson = (
  name: string,
  secret: string,
  promotion: Promotion,
  warnings: readonly Finding[],
): object => ({
  ok: true,
  name,
  secret,
  outcome: promotion.outcome,
  version_id: promotion.versionId,
  previous_version_id: promotion.previousVersionId,
  warnings,
});

function describePromotion(secret: string, { outcome, versionId, previousVersionId }: Promotion): string {
  if (outcome === 'finished') {
    return `${secret}: version ${versionId} was in use already; its label AWSPENDING is removed.`;
  }
  const before = previousVersionId === null ? '' : ` The one before, ${previousVersionId}, is AWSPREVIOUS.`;
  return `${secret}: version ${versionId} is in use.${before} Services notice within CREDENTIAL_POLL_SECONDS.`;
}
