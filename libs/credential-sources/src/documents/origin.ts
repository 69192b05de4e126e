/** Nothing but a scheme, a host and a port: tabs, backslashes or an empty query, which `URL` would swallow, are out from the start. */
const BARE_OR_FULL = /^(?:https?:\/\/)?(?:[^\s\\/?#@:[\]]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;
const CANONICAL_HOST = /^(?:\[[0-9a-f:]+\]|[a-z0-9_*-]+(?:\.[a-z0-9_*-]+)*)$/;

/** Reads `HOST`, `HOST:PORT` (meaning https) or an `http(s)://` origin as the URL standard does; null where the text is more, or none. */
export function readOrigin(text: string): URL | null {
  if (!BARE_OR_FULL.test(text)) return null;
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `https://${text}`);
  return url !== null && CANONICAL_HOST.test(url.hostname) ? url : null;
}
