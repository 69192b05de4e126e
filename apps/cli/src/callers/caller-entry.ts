import { CallersFileProblem, parseCallers } from '#libs/callers';

import { usageFailure } from '../command-failure.ts';

/** A caller as the callers file writes it. */
export interface CallerEntry {
  readonly name: string;
  readonly apiKeySha256: readonly string[];
  /** Left out where empty. */
  readonly tokens?: readonly string[];
  readonly permissions: readonly string[];
}

/** The entry's lines, to go below `callers:`. Everything is quoted: YAML takes `1e3` for a number and `*` for an alias. */
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

/** Holds an entry to the rules of the callers file, by the reader that the service uses. @throws CommandFailure */
export function checkEntry(entry: CallerEntry): void {
  try {
    parseCallers(`callers:\n${toYaml(entry)}\n`);
  } catch (error) {
    if (!(error instanceof CallersFileProblem)) throw error;
    throw usageFailure(`No such caller can be: ${error.message.replaceAll('callers[0].', '')}.`);
  }
}
