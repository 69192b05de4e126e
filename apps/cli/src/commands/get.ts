import { NAME_RULE, toCredentialName } from '#libs/tokens';

import { usageFailure } from '../command-failure.ts';
import { JSON_FLAG, readCommandLine } from '../command-line.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { print, printJson } from '../output.ts';
import { requestToken } from '../service/request-token.ts';
import { readKey } from '../service/read-secret.ts';
import { serviceUrl } from '../service/service-url.ts';

const HELP = `ims-token get NAME --url URL --key-file FILE [--min-ttl SECONDS] [--json]

Requests the token of the credential NAME from a running service and prints it, also to a terminal.

  --url URL                the service, such as https://tokens.example
  --key-file FILE          holds the caller's key; "-" for standard input. No argument takes the key itself
  --min-ttl SECONDS        the token must be valid for at least that long
  --json                   the service's whole answer`;

/** `ims-token get`: requests a token from a running service. */
export const get: Command = {
  help: HELP,
  async run(args) {
    const { values, given } = readCommandLine(args, ['NAME'], {
      url: { type: 'string' },
      'key-file': { type: 'string' },
      'min-ttl': { type: 'string' },
      ...JSON_FLAG,
    });
    const [name = ''] = given;
    const { url, 'key-file': keyFile, 'min-ttl': minTtl } = values;
    if (toCredentialName(name) === null)
      throw usageFailure(`NAME must be a credential's name: ${NAME_RULE}.`);
    const target = serviceUrl(url, `v1/tokens/${name}`);
    if (minTtl !== undefined && !/^\d{1,9}$/.test(minTtl)) {
      throw usageFailure('--min-ttl must be a number of seconds.');
    }
    if (minTtl !== undefined) target.searchParams.set('min_ttl', minTtl);
    const answer = await requestToken(target, await readKey(keyFile));
    if (values.json === true) printJson(answer);
    else print(answer.access_token);
    return EXIT.good;
  },
};
