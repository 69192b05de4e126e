import { toIso, type CredentialStatusRecord, type TokenEvent } from '#libs/tokens';
import type { Logger } from 'pino';

/**
 * Logs a token event. Events are changes of state; each line has what an operator needs to act on it.
 * @param failureLevel of failed exchanges
 */
export function logTokenEvent(
  log: Logger,
  event: TokenEvent,
  failureLevel: 'error' | 'debug' = 'error',
): void {
  switch (event.type) {
    case 'token.minted': {
      const { name: credential, token, version, took, clockSkew } = event;
      const fields = { credential, version, token_sha256: token.sha256, expires_at: toIso(token.expiresAt) };
      log.info(
        {
          event: event.type,
          ...fields,
          took_ms: Math.round(took),
          clock_skew_ms: clockSkew === null ? null : Math.round(clockSkew),
        },
        'token minted',
      );
      return;
    }
    case 'exchange.failed': {
      const { name: credential, failure, took, nextAttemptAt, failuresInARow } = event;
      const { code, diagnosis, retryable, debugId, cause } = failure;
      const attempt = { took_ms: Math.round(took), failures_in_a_row: failuresInARow };
      const next = { retryable, next_attempt_at: toIso(nextAttemptAt), ims_debug_id: debugId };
      const err = code === 'exchange_internal_error' ? { err: cause } : {};
      log[failureLevel](
        { event: event.type, credential, code, diagnosis, ...attempt, ...next, ...err },
        'exchange failed',
      );
      return;
    }
    case 'token.rejected': {
      const { name: credential, tokenSha256: token_sha256, caller, cause } = event;
      log.warn(
        { event: event.type, credential, token_sha256, caller, cause },
        'a caller has a token replaced',
      );
      return;
    }
    case 'token.invalidated': {
      const { name: credential, tokenSha256: token_sha256, caller, failure } = event;
      const fields = { event: event.type, credential, token_sha256, caller };
      if (failure === null) log.warn(fields, 'IMS invalidated a token');
      else {
        const { code, diagnosis, debugId: ims_debug_id } = failure;
        log.error(
          { ...fields, code, diagnosis, ims_debug_id },
          'IMS did not invalidate a token: it is still good',
        );
      }
      return;
    }
    case 'token.found-revoked':
      log.warn(
        { event: event.type, credential: event.name, token_sha256: event.tokenSha256 },
        'IMS refuses the token that Redis held at the start: it is replaced and not vended',
      );
      return;
    case 'credential.found':
    case 'credential.changed':
      logStatus(log, event.type, event.status);
      return;
    case 'credential.fell-back': {
      const { name: credential, version, isStored, insteadOf } = event;
      const { code, diagnosis } = insteadOf;
      const stage = isStored ? 'AWSPREVIOUS' : null;
      log.error(
        { event: event.type, credential, version, stage, code, diagnosis },
        isStored
          ? 'minting with the PREVIOUS version: the current one is refused'
          : 'minting with the LAST GOOD version, which is only in memory: the stored one cannot be used. Store a good ' +
              'document before this process ends',
      );
      return;
    }
    case 'credential.tried': {
      const { name: credential, trial } = event;
      const fields = { event: event.type, credential, version: trial.version, stage: 'AWSPENDING' };
      if (trial.failure === null) log.info(fields, 'pending version yields tokens: it may be promoted');
      else {
        const { code, diagnosis } = trial.failure;
        log.error({ ...fields, code, diagnosis }, 'pending version yields no token: do not promote it');
      }
      return;
    }
    case 'certificate.expiring': {
      const { name: credential, notAfter, daysLeft } = event;
      const fields = {
        event: event.type,
        credential,
        not_after: toIso(notAfter),
        days_left: Math.ceil(daysLeft),
      };
      log.warn(
        fields,
        'certificate runs out: create a new private key in the AEM Developer Console and store the new document',
      );
      return;
    }
    case 'credential.removed':
      log.warn(
        { event: event.type, credential: event.name },
        'credential removed: its token is no longer vended',
      );
      return;
    case 'source.up':
      log.info({ event: event.type }, 'credential source read completely');
      return;
    case 'source.down':
      log.error(
        { event: event.type, reason: event.reason },
        'credential source cannot be read; the credentials read earlier stay in force',
      );
      return;
    case 'store.up':
      log.info({ event: event.type }, 'token store answers');
      return;
    case 'store.down':
      log.error(
        { event: event.type, reason: event.reason },
        'token store is down; tokens are vended from memory',
      );
      return;
    case 'peers.adopted':
      log.info(
        { event: event.type, count: event.count },
        'other processes handed over tokens that the token store did not carry',
      );
      return;
    case 'cache.up':
      log.info({ event: event.type }, 'token cache can be written');
      return;
    case 'cache.down':
      log.error(
        { event: event.type, reason: event.reason },
        'token cache cannot be written; a restart while the token store is down may find no tokens',
      );
      return;
    case 'cache.restored':
      log.warn(
        { event: event.type, tokens: event.count, complete: event.isComplete },
        'token store does not answer; tokens are vended from the cache',
      );
      return;
    case 'store.token-refused': {
      const { name: credential, reason } = event;
      log.error(
        { event: event.type, credential, reason },
        'a token in the store could not be opened and is not vended',
      );
      return;
    }
    case 'store.records-ignored':
      log.warn(
        { event: event.type, kind: event.kind, count: event.count },
        'records in Redis are ignored: no process with these encryption keys wrote them; see docs/redis.md',
      );
      return;
  }
}

function logStatus(log: Logger, event: string, status: CredentialStatusRecord): void {
  const { name: credential, kind, version, stage, failing, lastFailure } = status;
  const fields = { event, credential, kind, version, stage };
  if (!failing || lastFailure === null) log.info(fields, 'credential read');
  else
    log.error(
      { ...fields, code: lastFailure.code, diagnosis: lastFailure.diagnosis },
      'credential cannot be used',
    );
}
