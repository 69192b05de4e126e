const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** A length of time for people, in its largest unit that goes at least twice, rounded: `24 hours`. @param seconds whole */
export function inWords(seconds: number): string {
  const [size, name] = UNITS.find(([size]) => seconds >= 2 * size) ?? UNITS[3];
  const count = Math.round(seconds / size);
  return `${count} ${count === 1 ? name : `${name}s`}`;
}
