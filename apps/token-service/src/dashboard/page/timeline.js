import { element } from './element.js';
import { dateOf, fromNow, happening } from './words.js';

/** @typedef {import('./credential.js').Happening} Happening */

const SVG = 'http://www.w3.org/2000/svg';
const STEP = 11;
const HEIGHT = 14;
/** One shape for each kind, so that colour is not the only difference. */
const SHAPES = /** @type {Readonly<Record<string, string>>} */ ({
  refreshed: 'M0 -3.5a3.5 3.5 0 1 0 .01 0z',
  rotated: 'M0 -5L5 0L0 5L-5 0z',
  failed: 'M-3.5 -3.5L3.5 3.5M3.5 -3.5L-3.5 3.5',
  'fell-back': 'M-4.5 4L0 -4.5L4.5 4z',
  problem: 'M-4 -4h8v8h-8z',
});

/**
 * The history as one line of marks, the newest on the right, with a label in words.
 * @param {readonly Happening[]} history oldest first
 * @param {number} now
 */
export function timeline(history, now) {
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('class', 'timeline');
  picture.setAttribute('role', 'img');
  picture.setAttribute('viewBox', `0 0 ${STEP * 16} ${HEIGHT}`);
  picture.setAttribute('aria-label', label(history, now));
  for (const [index, { type }] of history.entries()) {
    const mark = document.createElementNS(SVG, 'path');
    mark.setAttribute('class', type);
    mark.setAttribute('d', SHAPES[type] ?? SHAPES['problem'] ?? '');
    mark.setAttribute(
      'transform',
      `translate(${STEP * (16 - history.length + index) + STEP / 2} ${HEIGHT / 2})`,
    );
    picture.append(mark);
  }
  return picture;
}

/**
 * @param {readonly Happening[]} history
 * @param {number} now
 */
function label(history, now) {
  const last = history.at(-1);
  if (last === undefined) return 'Nothing has happened yet';
  const failures = history.filter(({ type }) => type !== 'refreshed' && type !== 'rotated').length;
  const summary = failures === 0 ? 'no failures' : `${failures} of ${history.length} events failures`;
  return `Lately: ${happening(last)} ${fromNow(last.at, now)}; ${summary}`;
}

/**
 * The history in words, newest first.
 * @param {readonly Happening[]} history
 * @param {number} now
 */
export function historyList(history, now) {
  const items = history.toReversed().map((entry) => {
    const { type, since, at, count } = entry;
    const when = count > 1 ? `${dateOf(since)} to ${dateOf(at)}` : `${dateOf(at)}, ${fromNow(at, now)}`;
    return element('li', type, element('strong', '', happening(entry)), ` ${when}`);
  });
  return element('ol', 'history', ...items);
}
