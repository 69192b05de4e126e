const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A number with its unit, in the singular or plural.
 * @param {number} count
 * @param {string} unit
 */
export const several = (count, unit) => `${count} ${unit}${count === 1 ? '' : 's'}`;

/**
 * A length of time in one or two units: `3 days`, `11 h 5 min`, `40 s`.
 * @param {number} millis
 */
export function lengthOf(millis) {
  const length = Math.max(0, millis);
  if (length >= 2 * DAY) return several(Math.floor(length / DAY), 'day');
  if (length >= HOUR) {
    const minutes = Math.floor((length % HOUR) / MINUTE);
    return `${Math.floor(length / HOUR)} h${minutes === 0 ? '' : ` ${minutes} min`}`;
  }
  if (length >= 2 * MINUTE) return `${Math.floor(length / MINUTE)} min`;
  return `${Math.floor(length / SECOND)} s`;
}

/**
 * A time relative to now, such as `in 3 days`.
 * @param {number} at
 * @param {number} now
 */
export function fromNow(at, now) {
  if (Math.abs(at - now) < SECOND) return 'now';
  return at > now ? `in ${lengthOf(at - now)}` : `${lengthOf(now - at)} ago`;
}

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/**
 * A time in the format of the browser's locale.
 * @param {number} at
 */
export const dateOf = (at) => clock.format(at);

/**
 * A history entry in words.
 * @param {{ type: string, code: string | null, count: number }} entry
 */
export function happening({ type, code, count }) {
  const times = count > 1 ? ` ${count} times` : '';
  switch (type) {
    case 'refreshed':
      return 'new token';
    case 'rotated':
      return 'new token, first of a new version';
    case 'failed':
      return `refresh failed${times}: ${code}`;
    case 'fell-back':
      return `token of the previous version${times}: ${code}`;
    case 'problem':
      return `stored document: ${code}`;
    default:
      return type;
  }
}
