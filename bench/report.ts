import { format } from 'prettier';

import type { Benchmark, Figure } from './benchmark.ts';
import { median } from './statistics.ts';

const PREAMBLE = `# Benchmarks

\`npm run bench\` writes this page; run it for the figures of your machine. Every figure has a baseline that is
measured in the same run, in rounds that alternate between the two. Load on the machine changes both, so compare the
ratio. Figures are medians over the rounds, with minimum and maximum in brackets. The ratio is calculated in each
round.
`;

/** The results as a page, formatted like the repository's other files. */
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

/** The results for the terminal, one line per figure. */
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
