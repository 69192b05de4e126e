import { isatty } from 'node:tty';

import { prettyLines } from './pretty-lines.ts';

/** `auto` is `pretty` on a terminal, and `json` in a pipe or a file. */
export const LOG_FORMATS = ['auto', 'json', 'pretty'] as const;
type LogFormat = (typeof LOG_FORMATS)[number];

/**
 * How the lines of the log, which are JSON, are written to a descriptor.
 * @param env `NO_COLOR` and `FORCE_COLOR` decide about colours as in Node.js itself
 */
export function lineFormatter(
  format: LogFormat,
  fd: number,
  env: NodeJS.ProcessEnv,
): (lines: string) => string {
  const isTerminal = isatty(fd);
  if (format === 'json' || (format === 'auto' && !isTerminal)) return (lines) => lines;
  const hasColors = env['FORCE_COLOR'] ? env['FORCE_COLOR'] !== '0' : isTerminal && !env['NO_COLOR'];
  return (lines) => prettyLines(lines, hasColors);
}
