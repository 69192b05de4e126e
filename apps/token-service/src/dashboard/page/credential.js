const DAY = 24 * 60 * 60 * 1000;
/** Certificates that expire sooner need a person's attention. */
const SOON = 30 * DAY;

/** @typedef {{ at: number, code: string, diagnosis: string }} Failure */
/** @typedef {{ type: string, since: number, at: number, code: string | null, count: number }} Happening */
/** @typedef {'unhealthy' | 'expired' | 'degraded' | 'healthy'} State */

/**
 * A credential as the page needs it: times as epoch milliseconds.
 * @typedef {object} Credential
 * @property {string} name
 * @property {'jwt' | 'oauth' | 'local' | null} kind
 * @property {State} state
 * @property {number | null} issuedAt
 * @property {number | null} expiresAt
 * @property {number | null} refreshDueAt
 * @property {number | null} nextAttemptAt
 * @property {number | null} certificateExpiresAt
 * @property {string | null} version
 * @property {string | null} stage
 * @property {Failure | null} lastFailure
 * @property {{ version: string, triedAt: number, failure: Failure | null } | null} pending
 * @property {Happening[]} history oldest first
 */

/** The states, the most urgent one first. */
export const STATES = /** @type {const} */ (['unhealthy', 'expired', 'degraded', 'healthy']);

/** @param {string | null} iso */
const time = (iso) => (iso === null ? null : Date.parse(iso));

/**
 * @param {any} failure
 * @returns {Failure | null}
 */
const toFailure = (failure) => failure && { ...failure, at: Date.parse(failure.at) };

/**
 * Reads a credential as the service sends it.
 * @param {any} sent
 * @returns {Credential}
 */
export function toCredential(sent) {
  return {
    name: sent.name,
    kind: sent.kind,
    state: sent.state,
    issuedAt: time(sent.issued_at),
    expiresAt: time(sent.expires_at),
    refreshDueAt: time(sent.refresh_due_at),
    nextAttemptAt: time(sent.next_attempt_at),
    certificateExpiresAt: time(sent.certificate_expires_at),
    version: sent.version,
    stage: sent.stage,
    lastFailure: toFailure(sent.last_failure),
    pending: sent.pending && {
      version: sent.pending.version,
      triedAt: Date.parse(sent.pending.tried_at),
      failure: toFailure(sent.pending.failure),
    },
    history: sent.history.map(
      (
        /** @type {[string, number, (string | null)?, number?, number?]} */ [type, since, code, at, count],
      ) => ({
        type,
        since: since * 1000,
        at: (at ?? since) * 1000,
        code: code ?? null,
        count: count ?? 1,
      }),
    ),
  };
}

/**
 * Whether its certificate needs attention.
 * @param {Credential} credential
 * @param {number} now
 */
export const isCertificateShort = ({ certificateExpiresAt }, now) =>
  certificateExpiresAt !== null && certificateExpiresAt - now < SOON;

/**
 * Whether the last failure is still present.
 * @param {Credential} credential
 */
export const isFailing = ({ state, lastFailure }) => lastFailure !== null && state !== 'healthy';

/**
 * The text that the search reads.
 * @param {Credential} credential
 */
export const searchText = ({ name, kind, state, version, stage, lastFailure }) =>
  [name, kind, state, version, stage, lastFailure?.code].join(' ').toLowerCase();
