import type { RedisFileChange } from '#libs/token-stores';
import type { Logger } from 'pino';

/** Logs that a file for Redis became unusable, once, and that it is good again. */
export function logRedisFileChange(log: Logger, { files, problem }: RedisFileChange): void {
  if (problem === null) {
    log.info({ event: 'store.files-usable', files }, 'the files for Redis are good again');
  } else {
    log.error(
      { event: 'store.files-unusable', files, reason: problem },
      'a file for Redis cannot be used; its last good version stays in force',
    );
  }
}
