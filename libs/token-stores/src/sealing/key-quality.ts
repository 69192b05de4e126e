import { hash } from 'node:crypto';

/** 32 random bytes have about 30 different values; fewer than these do not come from a generator of keys. */
const MIN_DIFFERENT_BYTES = 8;

/** SHA-256 of the keys that this project publishes as samples; a test compares them with the files. */
const SAMPLE_KEYS: ReadonlySet<string> = new Set([
  // docker-compose.yml
  'bca7bc2570997a39206a84e2b4489d5532f7f2f701f5dc5a5a61190a031a1a8f',
]);

/** What is suspicious about a key that is accepted. */
export type KeySuspicion = 'published' | 'text';

/** Whether the bytes follow a pattern: zeros, one byte or block repeated, a sequence, a few values only. */
export function isPattern(bytes: Uint8Array): boolean {
  return new Set(bytes).size < MIN_DIFFERENT_BYTES || isRepeated(bytes) || isSequence(bytes);
}

/** Why an attacker may know or guess the key: it is a published sample, or readable text. Null: no reason. */
export function suspicionOf(bytes: Uint8Array): KeySuspicion | null {
  if (SAMPLE_KEYS.has(hash('sha256', bytes, 'hex'))) return 'published';
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? 'text' : null;
}

function isRepeated(bytes: Uint8Array): boolean {
  const isPeriod = (period: number) => bytes.every((byte, at) => at < period || byte === bytes[at - period]);
  return Array.from({ length: bytes.length / 2 }, (_, index) => index + 1).some(isPeriod);
}

/** Whether each byte differs from the one before it by the same amount: 00 01 02 … */
function isSequence(bytes: Uint8Array): boolean {
  const step = (at: number) => ((bytes[at] ?? 0) - (bytes[at - 1] ?? 0) + 256) % 256;
  return bytes.every((_, at) => at < 2 || step(at) === step(1));
}
