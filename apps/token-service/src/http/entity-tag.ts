/** The weak entity tag of a content (RFC 9110 §8.8.1): it stands for all encodings and renderings. */
export const entityTag = (sha256: string): string => `W/"${sha256}"`;

/** Whether `If-None-Match` is `*`, which matches every content (RFC 9110 §13.1.2). */
const matchesAnything = (ifNoneMatch: string): boolean => ifNoneMatch.trim() === '*';

/**
 * Whether `If-None-Match` names this content (a weak comparison, RFC 9110 §13.1.2). Only the digest counts,
 * because some proxies change the rest of an entity tag.
 */
export const matches = (ifNoneMatch: string, sha256: string): boolean =>
  matchesAnything(ifNoneMatch) || ifNoneMatch.includes(sha256) || ifNoneMatch.toLowerCase().includes(sha256);
