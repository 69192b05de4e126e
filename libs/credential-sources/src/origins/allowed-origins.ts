import { readOrigin } from './origin.ts';

interface Pattern {
  readonly scheme: string;
  readonly labels: readonly string[];
  readonly port: string;
}

const SHAPE =
  'each is https://HOST or https://HOST:PORT, where a whole label of the host may be "*" if two plain labels follow ' +
  '(https://*.example.com); http:// only without "*"';

/** The origins of Adobe's IMS: the default of `IMS_ALLOWED_ORIGINS`. */
export const ADOBE_ORIGINS = 'https://*.adobelogin.com,https://*.services.adobe.com';

/**
 * The origins to which the service may send credentials (`IMS_ALLOWED_ORIGINS`). Compares parsed origins,
 * never text.
 */
export class AllowedOrigins {
  readonly #patterns: readonly Pattern[];

  private constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns;
  }

  /**
   * Reads a comma-separated list such as `https://*.adobelogin.com,http://127.0.0.1:3001`. `*` stands for
   * exactly one DNS label.
   * @throws Error that names every invalid entry
   */
  static parse(list: string): AllowedOrigins {
    const entries = list.split(',').map((entry) => entry.trim());
    const patterns = entries.map(toPattern);
    const faults = entries.filter((_, index) => patterns[index] === null);
    if (faults.length > 0) {
      throw new Error(`${faults.map(describeEntry).join(', ')}: not an allowed origin; ${SHAPE}`);
    }
    return new AllowedOrigins(patterns.filter((pattern) => pattern !== null));
  }

  /** Whether the list covers an origin (scheme, host and port, in the form of `URL.origin`). */
  permits(origin: string): boolean {
    const candidate = toPattern(origin);
    return (
      candidate !== null &&
      !candidate.labels.includes('*') &&
      this.#patterns.some((one) => covers(one, candidate))
    );
  }
}

function toPattern(entry: string): Pattern | null {
  const url = /^https?:\/\//i.test(entry) ? readOrigin(entry) : null;
  if (url === null) return null;
  const labels = url.hostname.split('.');
  const wildcard = labels.lastIndexOf('*');
  const isUsable =
    wildcard === -1
      ? !url.hostname.includes('*')
      : url.protocol === 'https:' &&
        labels.length - wildcard > 2 &&
        labels.every((label) => label === '*' || !label.includes('*'));
  return isUsable ? { scheme: url.protocol, labels, port: url.port } : null;
}

function covers(pattern: Pattern, candidate: Pattern): boolean {
  return (
    pattern.scheme === candidate.scheme &&
    pattern.port === candidate.port &&
    pattern.labels.length === candidate.labels.length &&
    pattern.labels.every((label, index) => label === '*' || label === candidate.labels[index])
  );
}

/** Describes an invalid entry. User info may contain a password, so such an entry is not quoted. */
function describeEntry(entry: string): string {
  if (entry === '') return 'an empty entry';
  return entry.includes('@') ? 'an entry with user info' : JSON.stringify(entry);
}
