import { hash } from 'node:crypto';

import { NAME_RULE, toCredentialName, type Secret } from '#libs/tokens';

import { CommandFailure, usageFailure } from '../command-failure.ts';
import { JSON_FLAG, readCommandLine } from '../command-line.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { note, printBad, printGood, printJson } from '../output.ts';
import { requestToken } from '../service/request-token.ts';
import { readKey, readToken } from '../service/read-secret.ts';
import { revokeToken } from '../service/revoke-token.ts';
import { serviceUrl } from '../service/service-url.ts';

const HELP = `ims-token revoke NAME --url URL --key-file FILE [--token-sha256 HEX | --token-file FILE] [--json]

For incidents: a running service replaces a token of the credential NAME and revokes it at Adobe IMS. A second run
for the same token changes nothing. Without a named token the command revokes the current one, which needs the
permission to read it.

  --url URL                the service, such as https://tokens.example
  --key-file FILE          holds the caller's key; "-" for standard input
  --token-sha256 HEX       the SHA-256 of the token, as in the audit log
  --token-file FILE        holds the token itself; "-" for standard input. Only its SHA-256 leaves this machine
  --json                   {"ok","name","revoked","token_sha256","current_token_sha256"}

Revoking a token leaves the private key or client secret valid, which can still be exchanged for another token.
See docs/incidents.md.`;

const NAMES_TWICE = 'Name the token by --token-sha256 or by --token-file, not by both.';
const STDIN_TWICE = 'Only one of --key-file and --token-file can be standard input.';

/** `ims-token revoke`: revokes a leaked token. */
export const revoke: Command = {
  help: HELP,
  async run(args) {
    const { values, given } = readCommandLine(args, ['NAME'], {
      url: { type: 'string' },
      'key-file': { type: 'string' },
      'token-sha256': { type: 'string' },
      'token-file': { type: 'string' },
      ...JSON_FLAG,
    });
    const [name = ''] = given;
    const { 'token-sha256': named, 'token-file': file, 'key-file': keyFile } = values;
    if (toCredentialName(name) === null)
      throw usageFailure(`NAME must be a credential's name: ${NAME_RULE}.`);
    const url = serviceUrl(values.url, `v1/tokens/${name}`);
    if (named !== undefined && file !== undefined) throw usageFailure(NAMES_TWICE);
    if (keyFile === '-' && file === '-') throw usageFailure(STDIN_TWICE);
    if (named !== undefined && !/^[0-9a-f]{64}$/i.test(named))
      throw usageFailure('--token-sha256 must be 64 hexadecimal digits.');
    const key = await readKey(keyFile);
    const sha256 =
      named?.toLowerCase() ??
      (file === undefined ? await currentSha256(url, key) : sha256Of((await readToken(file)).reveal()));
    const revocation = await revokeToken(new URL(`${url.href}/revoke`), key, sha256);
    const { revoked, currentSha256: current } = revocation;
    if (values.json === true)
      printJson({ ok: revoked, name, revoked, token_sha256: sha256, current_token_sha256: current });
    else if (revoked) {
      printGood(`Adobe IMS has revoked ${sha256}. The token in use now is ${current ?? 'none'}.`);
      note('The key it came from is still good. If that leaked too, see docs/incidents.md.');
    } else printBad(`Not revoked: the service does not know ${sha256} as a token of ${name}.`);
    return revoked ? EXIT.good : EXIT.bad;
  },
};

const sha256Of = (token: string): string => hash('sha256', token, 'hex');

async function currentSha256(url: URL, key: Secret): Promise<string> {
  try {
    return sha256Of((await requestToken(url, key)).access_token);
  } catch (error) {
    if (!(error instanceof CommandFailure && error.code === 'forbidden')) throw error;
    const diagnosis = `${error.message} Without the permission to read it, name the token: --token-sha256 or --token-file.`;
    throw new CommandFailure({ code: error.code, diagnosis, exitCode: error.exitCode, cause: error });
  }
}
