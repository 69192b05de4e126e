import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A key is 43 characters of Base64url: this prefix, 200 random bits and a checksum of both. */
const PREFIX = 'imst';
const FORM = /^imst[\w-]{39}$/;
const RANDOM_BYTES = 25;
const CHECKSUM_BYTES = 4;

/** Makes a key for a caller, of a form that `isMadeKey` and scanners for secrets recognise. */
export function makeCallerKey(): string {
  const body = Buffer.concat([Buffer.from(PREFIX, 'base64url'), randomBytes(RANDOM_BYTES)]);
  return Buffer.concat([body, checksumOf(body)]).toString('base64url');
}

/** Whether `makeCallerKey` made this key. A key that a person chose may be guessed. */
export function isMadeKey(key: string): boolean {
  if (!FORM.test(key)) return false;
  const bytes = Buffer.from(key, 'base64url');
  const end = bytes.length - CHECKSUM_BYTES;
  return checksumOf(bytes.subarray(0, end)).equals(bytes.subarray(end));
}

function checksumOf(body: Uint8Array): Buffer {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32BE(crc32(body));
  return checksum;
}
