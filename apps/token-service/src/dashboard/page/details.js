import { isFailing } from './credential.js';
import { element } from './element.js';
import { certificateLeft, nextStep } from './life.js';
import { historyList } from './timeline.js';
import { dateOf, fromNow } from './words.js';

/** @typedef {import('./credential.js').Credential} Credential */
/** @typedef {import('./credential.js').Failure} Failure */

const KINDS = {
  jwt: 'AEM service credentials (JWT)',
  oauth: 'OAuth Server-to-Server',
  local: 'local development token',
};

/**
 * Builds the details of a credential, which an open row shows.
 * @param {Credential} credential
 * @param {number} now
 */
export function details(credential, now) {
  const { lastFailure, pending, history } = credential;
  /** @type {HTMLElement[]} */
  const parts = [facts(credential, now)];
  if (lastFailure !== null) {
    const title = isFailing(credential) ? 'What is wrong, and what to do' : 'Last failure, overcome since';
    parts.push(failure(title, lastFailure, now));
  }
  if (pending !== null) {
    const title = `Pending version ${pending.version}`;
    parts.push(
      pending.failure === null
        ? section(
            title,
            element('p', '', `It yields tokens, tried ${fromNow(pending.triedAt, now)}: it may be promoted.`),
          )
        : failure(`${title}: do not promote it`, pending.failure, now),
    );
  }
  if (history.length > 0) parts.push(section('What happened lately', historyList(history, now)));
  return parts;
}

/**
 * @param {Credential} credential
 * @param {number} now
 */
function facts(credential, now) {
  const { kind, issuedAt, expiresAt, refreshDueAt, certificateExpiresAt, version, stage } = credential;
  /** @param {number | null} at */
  const moment = (at) => (at === null ? '' : `${dateOf(at)}, ${fromNow(at, now)}`);
  const due = refreshDueAt === null ? '' : ` (due ${dateOf(refreshDueAt)})`;
  const end = certificateExpiresAt === null ? '' : `, until ${dateOf(certificateExpiresAt)}`;
  const rows = {
    Kind: kind === null ? '' : KINDS[kind],
    'Token issued': moment(issuedAt),
    'Token ends': moment(expiresAt),
    Next: `${nextStep(credential, now)}${due}`,
    Certificate: `${certificateLeft(credential, now)}${end}`,
    Version: version ?? '',
    Stage: stage ?? '',
  };
  const list = element('dl', 'facts');
  for (const [term, description] of Object.entries(rows)) {
    if (description !== '')
      list.append(element('div', '', element('dt', '', term), element('dd', '', description)));
  }
  return list;
}

/**
 * @param {string} title
 * @param {Failure} failure
 * @param {number} now
 */
const failure = (title, { at, code, diagnosis }, now) =>
  section(
    title,
    element('p', 'diagnosis', diagnosis),
    element('p', 'hint', element('code', '', code), ` ${dateOf(at)}, ${fromNow(at, now)}`),
  );

/**
 * @param {string} title
 * @param {...Node} content
 */
const section = (title, ...content) => element('section', '', element('h2', '', title), ...content);
