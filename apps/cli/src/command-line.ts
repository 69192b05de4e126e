import { parseArgs, type ParseArgsConfig } from 'node:util';

import { usageFailure } from './command-failure.ts';

type Flags = NonNullable<ParseArgsConfig['options']>;
type Parsed<F extends Flags> = ReturnType<
  typeof parseArgs<{ options: F; allowPositionals: true; strict: true }>
>;

/** The flag for output that scripts read. */
export const JSON_FLAG = { json: { type: 'boolean' } } as const;

/**
 * Parses a command line.
 * @param names the names of the positional arguments, such as `NAME`, `FILE`
 * @throws CommandFailure that never repeats a value, because a user may have typed a secret
 */
export function readCommandLine<const F extends Flags>(
  args: readonly string[],
  names: readonly string[],
  options: F,
): { readonly values: Parsed<F>['values']; readonly given: readonly string[] } {
  const { values, positionals } = parse(args, options);
  if (positionals.length !== names.length) {
    const wanted = names.length === 1 ? `one argument: ${names[0]}` : `${names.length}: ${names.join(' ')}`;
    throw usageFailure(`It takes ${wanted} (given: ${positionals.length}).`);
  }
  return { values, given: positionals };
}

function parse<const F extends Flags>(args: readonly string[], options: F): Parsed<F> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageFailure(error instanceof Error ? firstSentence(error.message) : 'not understood');
  }
}

/** The rest of Node's messages is about positional arguments that start with a dash. */
const firstSentence = (message: string): string => `${message.split(/\.\s|\n/)[0]?.replace(/\.$/, '')}.`;

/** An environment variable; undefined when it is empty, as in the service. */
export const environment = (name: string): string | undefined => process.env[name] || undefined;
