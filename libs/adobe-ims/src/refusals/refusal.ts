import type { ImsResponse } from '../http/ims-response.ts';

/** IMS's refusal: `{"error", "error_description"}` in any order, where each may be missing or blank. */
export interface Refusal {
  readonly status: number;
  /** In lower case, empty when missing. For matching only: it is not redacted. */
  readonly error: string;
  /** In lower case, empty when missing. For matching only: it is not redacted. */
  readonly description: string;
  /** IMS's own words as a sentence, redacted. */
  readonly quoted: string;
}

/**
 * The refusal in a response, or null when it claims to hold a token. An `error` with status 200 is a refusal
 * too.
 */
export function readRefusal({ status, json, redact }: ImsResponse): Refusal | null {
  const error = textOf(json['error']);
  if (status < 400 && (error === '' || json['access_token'] !== undefined)) return null;
  const description = textOf(json['error_description']);
  const words = [
    error === '' ? 'no error code' : redact(error, 64),
    description === '' ? 'without a description' : `"${redact(description)}"`,
  ].join(', ');
  return {
    status,
    error: error.toLowerCase(),
    description: description.toLowerCase(),
    quoted: `IMS said (HTTP ${status}): ${words}.`,
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
