import { isCertificateShort, STATES } from './credential.js';
import { lengthOf } from './words.js';

/** @typedef {import('./credential.js').Credential} Credential */

/**
 * Sorts by urgency: no token, then a failing refresh with the shortest remaining lifetime first, then a
 * certificate that expires soon, then the name.
 * @param {number} now
 * @returns {(a: Credential, b: Credential) => number}
 */
export function byAttention(now) {
  /** @param {Credential} credential */
  const rank = (credential) => {
    const trouble = STATES.indexOf(credential.state);
    return trouble === STATES.length - 1 && !isCertificateShort(credential, now) ? STATES.length : trouble;
  };
  return (a, b) => {
    const difference = rank(a) - rank(b);
    if (difference !== 0) return difference;
    if (a.state === 'degraded') return end(a.expiresAt) - end(b.expiresAt) || byName(a, b);
    if (rank(a) < STATES.length && a.state === 'healthy') {
      return end(a.certificateExpiresAt) - end(b.certificateExpiresAt) || byName(a, b);
    }
    return byName(a, b);
  };
}

/**
 * Describes the next failure, or a present one.
 * @param {readonly Credential[]} sorted by attention
 * @param {number} now
 * @returns {{ text: string, name: string | null }} and the credential that it is about
 */
export function nextTrouble(sorted, now) {
  const [first] = sorted;
  if (first === undefined) return { text: 'There are no credentials yet.', name: null };
  const { name, state, lastFailure, expiresAt } = first;
  const why = lastFailure === null ? '' : ` (${lastFailure.code})`;
  switch (state) {
    case 'unhealthy':
      return { text: `${name} has no token${why}.`, name };
    case 'expired':
      return { text: `${name}’s token has expired${why}.`, name };
    case 'degraded':
      return {
        text: `${name}’s token ends in ${lengthOf(end(expiresAt) - now)}, and its refresh fails${why}.`,
        name,
      };
    default:
      return firstCertificate(sorted, now);
  }
}

/**
 * @param {readonly Credential[]} credentials
 * @param {number} now
 */
function firstCertificate(credentials, now) {
  const [first] = credentials
    .filter(({ certificateExpiresAt }) => certificateExpiresAt !== null)
    .sort((a, b) => end(a.certificateExpiresAt) - end(b.certificateExpiresAt));
  if (first === undefined) return { text: 'Nothing needs attention.', name: null };
  const { name } = first;
  const left = end(first.certificateExpiresAt) - now;
  const words =
    left <= 0 ? `${name}’s certificate has ended.` : `${name}’s certificate ends in ${lengthOf(left)}.`;
  return isCertificateShort(first, now)
    ? { text: words, name }
    : { text: `Nothing needs attention. The first to do so: ${words}`, name: null };
}

/** @param {number | null} at */
const end = (at) => at ?? Infinity;

/**
 * @param {Credential} a
 * @param {Credential} b
 */
const byName = (a, b) => (a.name < b.name ? -1 : Number(a.name > b.name));
