import { hash } from 'node:crypto';

import { isName } from '#libs/tokens';

import { escapeControls } from '../logging/escape-controls.ts';

/** Long enough to be a key: 20 characters of a password, of Base64 or of a JWT. */
const LONG = /^.{20,}$/;
/** A run without separators that people give no credential: a key in hex. */
const LONG_RUN = /[a-z0-9]{40}/;
/** `Bearer KEY`, and a key with a line break or an invisible character at its end. */
const BETWEEN_PARTS = /[^\x21-\x7e]+/;

/**
 * The requested name as JSON for the audit. Callers paste keys into the path by mistake: text that may have
 * one is replaced by its SHA-256, which still tells equal requests.
 * @param isKey whether a text is the key of a caller
 */
export function auditedName(text: string, isKey: (text: string) => boolean = () => false): string {
  if (text.split(BETWEEN_PARTS).some((part) => isKey(part) || mayBeKey(part))) {
    return `"sha256:${hash('sha256', text, 'hex')}"`;
  }
  return escapeControls(JSON.stringify(text));
}

const mayBeKey = (part: string): boolean => (isName(part) ? LONG_RUN : LONG).test(part);
