/**
 * A scheme, a host and a port alone. It excludes tabs, backslashes and an empty query, which `URL` would
 * remove silently.
 */
const BARE_OR_FULL = /^(?:https?:\/\/)?(?:[^\s\\/?#@:[\]]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const CANONICAL_HOST = /^(?:\[[0-9a-f:]+\]|[a-z0-9_*-]+(?:\.[a-z0-9_*-]+)*)$/;

/**
 * Reads `HOST`, `HOST:PORT` (both mean https) or an `http(s)://` origin by the URL standard; null for any
 * other text.
 */
export function readOrigin(text: string): URL | null {
  if (!BARE_OR_FULL.test(text)) return null;
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  return url !== null && CANONICAL_HOST.test(url.hostname) ? url : null;
}
