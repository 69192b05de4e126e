import { hash } from 'node:crypto';

import { makeCallerKey } from '#libs/callers';
import { Secret } from '#libs/tokens';

import { checkEntry, toYaml, type CallerEntry } from '../callers/caller-entry.ts';
import { writeKey } from '../callers/write-key.ts';
import { usageFailure } from '../command-failure.ts';
import { JSON_FLAG, readCommandLine } from '../command-line.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { note, print, printJson, warn } from '../output.ts';

/** The permissions that are of use without `tokens`. */
const WITHOUT_TOKENS: ReadonlySet<string> = new Set(['status', 'metrics']);

const HELP = `ims-token caller-key NAME [--tokens LIST] [--permissions LIST] [--out FILE [--force]] [--json]

Creates a key for the caller NAME, and the lines for the callers file, which hold only the key's SHA-256. The lines go
to standard output. The key goes to FILE, or without --out once to standard error.

  --tokens LIST            credential names, comma-separated, * as a wildcard
  --permissions LIST       read, refresh, status, revoke, metrics (default: read)
  --out FILE               a new file for the key, readable by its owner only
  --force                  replaces FILE
  --json                   one JSON object instead, with the key unless there is --out`;

/** `ims-token caller-key`: creates a caller's key. */
export const callerKey: Command = {
  help: HELP,
  async run(args) {
    const { values, given } = readCommandLine(args, ['NAME'], {
      tokens: { type: 'string' },
      permissions: { type: 'string' },
      out: { type: 'string' },
      force: { type: 'boolean' },
      ...JSON_FLAG,
    });
    const [name = ''] = given;
    const { tokens, permissions = 'read', out, force = false, json = false } = values;
    if (out === '-') throw usageFailure('--out must name a file; without it the key goes to standard error.');
    const key = new Secret(makeCallerKey());
    const entry: CallerEntry = {
      name,
      apiKeySha256: [hash('sha256', key.reveal(), 'hex')],
      ...(tokens === undefined ? {} : { tokens: toList(tokens) }),
      permissions: toList(permissions),
    };
    checkEntry(entry);
    if (tokens === undefined && entry.permissions.some((permission) => !WITHOUT_TOKENS.has(permission))) {
      warn(`Without --tokens ${name} may have no token at all.`);
    }
    if (out !== undefined) await writeKey(out, key, force);
    if (json) printJson(toJson(entry, key, out));
    else printText(entry, key, out);
    return EXIT.good;
  },
};

const toList = (text: string): string[] => text.split(',').map((item) => item.trim());

const toJson = (entry: CallerEntry, key: Secret, out: string | undefined): object => ({
  ok: true,
  ...(out === undefined ? { key: key.reveal() } : { key_file: out }),
  caller: entry,
  yaml: toYaml(entry),
});

function printText(entry: CallerEntry, key: Secret, out: string | undefined): void {
  if (out === undefined) {
    note(
      `The key of ${entry.name}, shown only once; give it to the caller and keep no copy:\n${key.reveal()}`,
    );
  } else {
    note(`The key of ${entry.name} is in ${out}. Give it to the caller, and keep no copy.`);
  }
  note('For the callers file, below "callers:":');
  print(toYaml(entry));
}
