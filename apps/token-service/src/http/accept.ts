import Negotiator from 'negotiator';
import QuickLRU from 'quick-lru';

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/** Clients repeat the same few headers, and negotiation takes microseconds, too long for every vend. */
const decisions = new QuickLRU<string, boolean>({ maxSize: 100 });

/**
 * Reports whether the caller prefers the bare token: whether `Accept` gives `text/plain` a higher weight
 * than JSON (RFC 9110 §12.5.1). JSON is the default for equal weights, and where neither is acceptable.
 */
export function prefersText(accept: string | undefined): boolean {
  // `q=0` may exclude JSON, and then `*/*` means the text.
  if (accept === undefined || !/text|;\s*q=0/i.test(accept)) return false;
  let decision = decisions.get(accept);
  if (decision === undefined) {
    const negotiator = new Negotiator({ headers: { accept: moveToFront(/json/i, accept) } });
    decision = negotiator.mediaType([JSON_TYPE, TEXT_TYPE]) === TEXT_TYPE;
    decisions.set(accept, decision);
  }
  return decision;
}

/** The content coding to compress with (RFC 9110 §12.5.3), Brotli rather than gzip; null for none. */
export function preferredEncoding(acceptEncoding: string | undefined): 'br' | 'gzip' | null {
  if (acceptEncoding === undefined) return null;
  const negotiator = new Negotiator({
    headers: { 'accept-encoding': moveToFront(/\bbr\b/i, acceptEncoding) },
  });
  const coding = negotiator.encoding(['br', 'gzip', 'identity']);
  return coding === 'br' || coding === 'gzip' ? coding : null;
}

/** Negotiator takes the first of entries with the same weight, but their order has no meaning in RFC 9110. */
function moveToFront(pattern: RegExp, header: string): string {
  const entries = header.split(',');
  return entries.sort((a, b) => Number(pattern.test(b)) - Number(pattern.test(a))).join(',');
}
