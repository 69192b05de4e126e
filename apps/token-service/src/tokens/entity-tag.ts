/** The weak entity tag of a token: the same token, whatever the seconds in the body say. */
export const entityTag = (sha256: string): string => `W/"${sha256}"`;

/** Whether `If-None-Match` names no token, but whichever there is (RFC 9110 §13.1.2). */
export const matchesAnything = (ifNoneMatch: string): boolean => ifNoneMatch.trim() === '*';

/** Whether `If-None-Match` names this tag; compared weakly (RFC 9110 §13.1.2). */
export function matches(ifNoneMatch: string | undefined, sha256: string): boolean {
  return ifNoneMatch !== undefined && (matchesAnything(ifNoneMatch) || ifNoneMatch.includes(`"${sha256}"`));
}
