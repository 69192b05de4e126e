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
import { readInput } from '../input.ts';
import { printGood, printJson, warn } from '../output.ts';
import { CredentialSecret } from '../secrets/credential-secret.ts';
import { PREFIX_FLAG, PREFIX_HELP, secretName } from '../secrets/secret-name.ts';
import { storeDocument, type StoredDocument } from '../secrets/store-document.ts';

const HELP = `ims-token put NAME FILE [--pending] [--exchange] [--prefix PREFIX] [--allowed-origins LIST] [--json]

Checks a document of Adobe and stores it, unchanged, in AWS Secrets Manager as the credential NAME. FILE may be "-".
A document that is stored already creates no new version. The AWS settings are those of AWS's own tools (AWS_REGION, …).

  --pending                stores it beside the version in use, for "promote" to put it in use later
  --exchange               stores it only if Adobe IMS exchanges it for a token
${PREFIX_HELP}
${ALLOWED_ORIGINS_HELP}
  --json                   one JSON object instead of text`;

/** `ims-token put`: checks a document and stores it. */
export const put: Command = {
  help: HELP,
  async run(args) {
    const { values, given } = readCommandLine(args, ['NAME', 'FILE'], {
      pending: { type: 'boolean' },
      exchange: { type: 'boolean' },
      ...PREFIX_FLAG,
      ...ALLOWED_ORIGINS_FLAG,
      ...JSON_FLAG,
    });
    const [name = '', file = ''] = given;
    const id = secretName(name, values.prefix);
    const allowed = readAllowedOrigins(values['allowed-origins']);
    const document = await readInput(file);
    const warnings = await requireGoodDocument(document, allowed, values.exchange === true);
    const secret = await CredentialSecret.open(id);
    const stored = await storeDocument(
      secret,
      document,
      values.pending === true ? 'AWSPENDING' : 'AWSCURRENT',
    );
    const all = [...warnings, ...leftPending(stored)];
    for (const { code, diagnosis } of all) warn(`${code}: ${diagnosis}`);
    if (values.json === true) printJson(toJson(name, id, stored, all));
    else printGood(describeStored(name, id, stored));
    return EXIT.good;
  },
};

function leftPending({ otherPending }: StoredDocument): Finding[] {
  if (otherPending === null) return [];
  const diagnosis = `Version ${otherPending}, stored earlier, is still pending: "promote" would put it in use.`;
  return [{ code: 'other_version_pending', diagnosis }];
}

const toJson = (
  name: string,
  secret: string,
  stored: StoredDocument,
  warnings: readonly Finding[],
): object => ({
  ok: true,
  name,
  secret,
  outcome: stored.outcome,
  version_id: stored.versionId,
  stage: stored.stage,
  warnings,
});

function describeStored(name: string, secret: string, { outcome, versionId, stage }: StoredDocument): string {
  const version = `version ${versionId} (${stage})`;
  if (outcome === 'unchanged')
    return `${secret} holds this document already, as ${version}. Nothing was stored.`;
  const next =
    stage === 'AWSPENDING'
      ? `Put it in use with: ims-token promote ${name}`
      : 'Services notice within CREDENTIAL_POLL_SECONDS.';
  return `${outcome === 'created' ? 'Made' : 'Stored in'} ${secret}: ${version}. ${next}`;
}
