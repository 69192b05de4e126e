import { styleText } from 'node:util';

type Stream = NodeJS.WriteStream;

/** Adds colour, unless the stream is no terminal or `NO_COLOR` is set. */
const painted = (style: 'green' | 'yellow' | 'red' | 'bold', text: string, stream: Stream): string =>
  styleText(style, text, { stream });

/** Replaces control characters: text of a document or an answer must not control the terminal. */
const withoutControls = (text: string): string => text.replace(/[^\P{C}\n]/gu, '?');

/** Writes a line of the result. */
export const print = (line = ''): void => void process.stdout.write(`${withoutControls(line)}\n`);
export const printTitle = (line: string): void => write(process.stdout, 'bold', '', line);
export const printGood = (line: string): void => write(process.stdout, 'green', '✓ ', line);
export const printWarning = (line: string): void => write(process.stdout, 'yellow', '! ', line);
export const printBad = (line: string): void => write(process.stdout, 'red', '✗ ', line);

/** Writes the whole result of a command as JSON. */
export const printJson = (value: unknown): void =>
  void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** Writes a line for people to standard error, which is not part of the result. */
export const note = (line: string): void => void process.stderr.write(`${withoutControls(line)}\n`);
export const warn = (line: string): void => write(process.stderr, 'yellow', '! ', line);
export const complain = (line: string): void => write(process.stderr, 'red', '✗ ', line);

function write(stream: Stream, style: 'green' | 'yellow' | 'red' | 'bold', mark: string, line: string): void {
  const text = withoutControls(line);
  stream.write(
    mark === '' ? `${painted(style, text, stream)}\n` : `${painted(style, mark, stream)}${text}\n`,
  );
}
