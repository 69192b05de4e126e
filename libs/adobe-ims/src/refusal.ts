import type { ImsAnswer } from './ims-answer.ts';

/** IMS says no, in its own words: `{"error", "error_description"}` in any order, either of them missing or blank. */
export interface Refusal {
  readonly status: number;
  /** Lower case, empty where missing. For matching only, never to be printed. */
  readonly error: string;
  /** Lower case, empty where missing. For matching only, never to be printed. */
  readonly description: string;
  /** What may be printed of it: a sentence. */
  readonly quoted: string;
}

/** The refusal an answer holds; null where it claims to hold a token. An `error` with status 200 is a refusal too. */
export function readRefusal({ status, json, quote }: ImsAnswer): Refusal | null {
  const error = textOf(json['error']);
  if (status < 400 && (error === '' || json['access_token'] !== undefined)) return null;
  const description = textOf(json['error_description']);
  const said = [
    error === '' ? 'no error code' : quote(error, 64),
    description === '' ? 'without a description' : `"${quote(description)}"`,
  ].join(', ');
  return {
    status,
    error: error.toLowerCase(),
    description: description.toLowerCase(),
    quoted: `IMS said (HTTP ${status}): ${said}.`,
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
