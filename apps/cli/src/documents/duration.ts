const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** Formats a duration in the largest unit of which it has at least two, rounded: `24 hours`. */
export function formatDuration(seconds: number): string {
  const [size, name] = UNITS.find(([size]) => seconds >= 2 * size) ?? UNITS[3];
  const count = Math.round(seconds / size);
  return `${count} ${count === 1 ? name : `${name}s`}`;
}
