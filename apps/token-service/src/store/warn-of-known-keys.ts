import type { SealingKeys } from '#libs/token-stores';
import type { Logger } from 'pino';

const REASONS = {
  published: 'is published as a sample',
  text: 'is readable text and not random',
} as const;

/** Logs an error for each encryption key that an attacker may know. The service uses it nevertheless. */
export function warnOfKnownKeys(keys: SealingKeys | undefined, log: Logger): void {
  for (const [kid, suspicion] of keys?.suspicious ?? []) {
    log.error(
      { event: 'encryption-key.known', kid, reason: suspicion },
      `the encryption key ${kid} ${REASONS[suspicion]}: a reader of Redis may open the tokens with it; ` +
        'replace it in TOKEN_ENCRYPTION_KEYS by a key of `openssl rand -base64 32` (docs/redis.md)',
    );
  }
}
