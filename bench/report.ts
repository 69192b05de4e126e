import { format } from 'prettier';

import type { Benchmark, Figure } from './benchmark.ts';
import { median } from './statistics.ts';

const PREAMBLE = `# Benchmarks

Written by \`npm run bench\`; run it again to have the figures of your machine. Every figure stands beside a baseline
measured in the same run, in rounds that alternate between the two: a machine and its neighbours change, the ratio
stays. Figures are medians over the rounds with the least and the greatest in brackets; so is the ratio, which is
taken within each round.
`;

/** The whole page, formatted as the repository's own files are. */
export function report(
  machine: Readonly<Record<string, string>>,
  rounds: number,
  benchmarks: readonly Benchmark[],
): Promise<string> {
  const about = table(
    ['Machine', ''],
    Object.entries({ ...machine, Rounds: String(rounds) }).map(([name, value]) => [name, value]),
  );
  const text = [PREAMBLE, about, ...benchmarks.map(section)].join('\n\n');
  return format(text, { parser: 'markdown', printWidth: 110 });
}

/** For the terminal: one line a figure. */
export const summary = ({ title, figures }: Benchmark): string =>
  figures.map((one) => `${title}: ${one.name} ${row(one).slice(1).join(' | ')}\n`).join('');

function section({ title, subject, baseline, figures, explanation }: Benchmark): string {
  return `## ${title}\n\n${table(['Figure', subject, baseline, 'Ratio'], figures.map(row))}\n\n${explanation}`;
}

function row({ name, unit, rounds }: Figure): string[] {
  return [
    `${name}, ${unit}`,
    spread(rounds.map(({ subject }) => subject)),
    spread(rounds.map(({ baseline }) => baseline)),
    spread(rounds.map(({ subject, baseline }) => subject / baseline)),
  ];
}

function spread(values: readonly number[]): string {
  return `${number(median(values))} (${number(Math.min(...values))}–${number(Math.max(...values))})`;
}

const number = (value: number): string =>
  value.toLocaleString('en', value < 1000 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
