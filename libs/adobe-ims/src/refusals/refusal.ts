import type { ImsResponse } from '../http/ims-response.ts';

/**
 * The fields that hold a refusal's code, and its words. IMS writes `{"error", "error_description"}`,
 * where each may be missing or blank. Adobe's API gateway, which may answer in its place, writes others.
 */
/** `code` is the last one: alone it does not turn a success into a refusal. */
const CODES = ['error', 'error_code', 'errorCode', 'errorcode', 'code'];
const WORDS = [
  'error_description',
  'errorDescription',
  'error_message',
  'errorMessage',
  'message',
  'detail',
  'title',
  'reason',
  'faultstring',
];

/** A refusal of IMS or of the gateway in front of it. */
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
  const error = firstText(json, CODES.slice(0, status < 400 ? -1 : undefined));
  if (status < 400 && (error === '' || json['access_token'] !== undefined)) return null;
  const description = firstText(json, WORDS);
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

type Fields = Readonly<Record<string, unknown>>;

/** Gateways put the fields into one of these, or into the first of a list. */
const HOLDERS = ['error', 'errors', 'fault'];

/** The first of the fields that has text, at the top or in an `error` object. */
function firstText(json: Fields, names: readonly string[]): string {
  const inner = HOLDERS.map((name) => json[name]).map((value) => (Array.isArray(value) ? value[0] : value));
  const holders: readonly Fields[] = [json, ...inner.filter(isFields)];
  const texts = holders.flatMap((holder) => names.map((name) => textOf(holder[name])));
  return texts.find((text) => text !== '') ?? '';
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : '';
}
