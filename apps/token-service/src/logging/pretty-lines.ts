import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const LEVEL_STYLES: Readonly<Record<string, Style>> = {
  fatal: ['bold', 'red'],
  error: 'red',
  warn: 'yellow',
  info: 'green',
};
const LEVEL_WIDTH = 5;

/** A text that needs no quotes. */
const PLAIN = /^[\w.:@/+*-]+$/;
/** Control, format and other invisible characters, which a terminal may obey. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Formats lines of the log for people on a terminal: time, level, message, fields. Unlike pino-pretty it
 * escapes control characters everywhere, as a request can bring some, and keeps each event on one line.
 * @param hasColors whether the reader understands escape sequences for colours
 */
export function prettyLines(lines: string, hasColors: boolean): string {
  const paint = (style: Style, text: string): string =>
    hasColors ? styleText(style, text, { validateStream: false }) : text;
  return lines.replaceAll(/[^\n]+/g, (line) => prettyLine(line, paint));
}

function prettyLine(line: string, paint: (style: Style, text: string) => string): string {
  const record = parse(line);
  if (record === null) return line;
  const { level = '', time = '', event = '', msg = event, err, ...fields } = record;
  const name = text(level).toUpperCase().padEnd(LEVEL_WIDTH);
  const details = Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${paint('dim', `${text(key)}=`)}${formatted(value)}`);
  return [
    paint('dim', timeOfDay(text(time))),
    ` ${paint(LEVEL_STYLES[text(level)] ?? 'dim', name)} `,
    text(msg),
    ...details,
    ...stackLines(err).map((stackLine) => `\n    ${text(stackLine)}`),
  ].join('');
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** The time in the zone of the reader. */
function timeOfDay(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : date.toTimeString().slice(0, 'HH:MM:SS'.length);
}

function formatted(value: unknown): string {
  return typeof value === 'string' && PLAIN.test(value) ? value : text(JSON.stringify(value));
}

const text = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(
    INVISIBLE,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

function stackLines(err: unknown): string[] {
  if (typeof err !== 'object' || err === null) return [];
  const { stack } = err as { stack?: unknown };
  return typeof stack === 'string' ? stack.split('\n') : [];
}
