import { hash } from 'node:crypto';

/** A value of TOKEN_ENCRYPTION_KEYS for each mark. It looks random and is the same in every run. */
export const sealingKeyOf = (mark: string): string =>
  `k1:${hash('sha256', `sealing key of the tests: ${mark}`, 'base64')}`;

/** The key of the tests that need only one. */
export const SEALING_KEY = sealingKeyOf('one');
