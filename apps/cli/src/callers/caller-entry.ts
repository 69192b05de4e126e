import { CallersFileProblem, parseCallers } from '#libs/callers';

import { usageFailure } from '../command-failure.ts';

/** One caller of the callers file. */
export interface CallerEntry {
  readonly name: string;
  readonly apiKeySha256: readonly string[];
  /** Missing when the caller may have no tokens. */
  readonly tokens?: readonly string[];
  readonly permissions: readonly string[];
}

/**
 * The entry's lines, for the list below `callers:`. All values are quoted: YAML reads `1e3` as a number and
 * `*` as an alias.
 */
export function toYaml({ name, apiKeySha256, tokens, permissions }: CallerEntry): string {
  const list = (values: readonly string[]): string =>
    `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
  return [
    `  - name: ${JSON.stringify(name)}`,
    `    apiKeySha256: ${list(apiKeySha256)}`,
    ...(tokens === undefined ? [] : [`    tokens: ${list(tokens)}`]),
    `    permissions: ${list(permissions)}`,
  ].join('\n');
}

/** Checks an entry with the reader of the service. @throws CommandFailure for an invalid entry */
export function checkEntry(entry: CallerEntry): void {
  try {
    parseCallers(`callers:\n${toYaml(entry)}\n`);
  } catch (error) {
    if (!(error instanceof CallersFileProblem)) throw error;
    // The text is made here, so its lines mean nothing to the user.
    const fields = error.message.replaceAll(/line \d+: callers\[0\]\.?/g, '');
    throw usageFailure(`This caller is not valid: ${fields}.`);
  }
}
