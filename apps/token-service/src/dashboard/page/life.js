import { isCertificateShort } from './credential.js';
import { element, setText } from './element.js';
import { fromNow, lengthOf } from './words.js';

/** @typedef {import('./credential.js').Credential} Credential */

/**
 * Describes the next step, and its time.
 * @param {Credential} credential
 * @param {number} now
 */
export function nextStep({ kind, state, refreshDueAt, nextAttemptAt }, now) {
  if (nextAttemptAt !== null)
    return nextAttemptAt > now ? `next try ${fromNow(nextAttemptAt, now)}` : 'trying again';
  if (kind === 'local') return 'renewed by a person';
  if (refreshDueAt === null) return state === 'unhealthy' ? 'waits for a usable document' : '';
  return refreshDueAt > now ? `refresh ${fromNow(refreshDueAt, now)}` : 'refresh due now';
}

/**
 * The remaining lifetime of the certificate; empty without one.
 * @param {Credential} credential
 * @param {number} now
 */
export function certificateLeft({ certificateExpiresAt }, now) {
  if (certificateExpiresAt === null) return '';
  const left = certificateExpiresAt - now;
  return left <= 0 ? 'certificate has ended' : `certificate ${lengthOf(left)}`;
}

/**
 * The part of a row that changes with time: the remaining lifetime as a bar, and a mark where the refresh is
 * due.
 */
export class Life {
  #bar = element('span', 'bar');
  #left = element('span', 'left');
  #next = element('span', 'next');
  #certificate = element('span', 'certificate');
  elements = [element('span', 'life', this.#bar, this.#left, this.#next), this.#certificate];

  /**
   * @param {Credential} credential
   * @param {number} now
   */
  show(credential, now) {
    const { issuedAt, expiresAt, refreshDueAt } = credential;
    const isHeld = issuedAt !== null && expiresAt !== null;
    const life = isHeld ? expiresAt - issuedAt : 1;
    const left = isHeld ? Math.min(1, Math.max(0, (expiresAt - now) / life)) : 0;
    // A smaller change than a thousandth of the bar is invisible, and not worth a repaint.
    this.#set('--left', left.toFixed(3));
    this.#set(
      '--mark',
      isHeld && refreshDueAt !== null ? ((expiresAt - refreshDueAt) / life).toFixed(3) : '-1',
    );
    if (!isHeld) setText(this.#left, 'no token');
    else
      setText(
        this.#left,
        expiresAt > now ? `${lengthOf(expiresAt - now)} left` : `ended ${fromNow(expiresAt, now)}`,
      );
    setText(this.#next, nextStep(credential, now));
    setText(this.#certificate, certificateLeft(credential, now));
    this.#certificate.classList.toggle('short', isCertificateShort(credential, now));
  }

  /**
   * @param {string} property
   * @param {string} value
   */
  #set(property, value) {
    if (this.#bar.style.getPropertyValue(property) !== value) this.#bar.style.setProperty(property, value);
  }
}
