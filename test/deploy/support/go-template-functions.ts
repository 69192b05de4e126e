import { stringify } from 'yaml';

type Value = unknown;
type Function = (...args: readonly Value[]) => Value;

/** What Go's templates count as false. */
export const isTrue = (value: Value): boolean => {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return false;
  return typeof value === 'object' ? Object.keys(value).length > 0 : true;
};

/** As Go prints it. */
export const print = (value: Value): string => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') throw new Error('prints a list or a map: toYaml is missing');
  return `${value as string | number | boolean}`;
};

const indent = (spaces: Value, text: Value): string =>
  print(text)
    .split('\n')
    .map((line) => ' '.repeat(Number(spaces)) + line)
    .join('\n');

/** The functions of Go's templates, Sprig and Helm that the chart uses; any other is an error. */
export const FUNCTIONS: Readonly<Record<string, Function>> = {
  and: (...args) => args.find((value) => !isTrue(value)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (value) => !isTrue(value),
  eq: (left, right) => left === right,
  contains: (part, text) => print(text).includes(print(part)),
  default: (fallback, value) => (isTrue(value) ? value : fallback),
  indent,
  join: (separator, list) => (list as Value[]).map(print).join(print(separator)),
  list: (...args) => args,
  nindent: (spaces, text) => `\n${indent(spaces, text)}`,
  printf: (format, ...args) => {
    const rest = [...args];
    return print(format).replaceAll(/%[sv]/g, () => print(rest.shift()));
  },
  quote: (value) => JSON.stringify(print(value)),
  replace: (from, to, text) => print(text).replaceAll(print(from), print(to)),
  toYaml: (value) => stringify(value, { lineWidth: 0, indentSeq: false }).trimEnd(),
  trimSuffix: (suffix, text) =>
    print(text).endsWith(print(suffix)) ? print(text).slice(0, -print(suffix).length) : text,
  trunc: (length, text) => print(text).slice(0, Number(length)),
};
