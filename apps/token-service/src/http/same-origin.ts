import type { IncomingHttpHeaders } from 'node:http';

import { Problem } from './problem.ts';
import type { PublicUrl } from './public-url.ts';

/**
 * Refuses requests that a browser sends from a page of another origin. Other clients send neither of these
 * headers.
 * @throws Problem `forbidden`
 */
export function assertSameOrigin(headers: IncomingHttpHeaders, publicUrl: PublicUrl): void {
  const { origin, 'sec-fetch-site': site } = headers;
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && origin !== new URL(publicUrl.href).origin);
  if (isForeign) {
    throw new Problem('forbidden', 'A browser sent this from a page of another origin than PUBLIC_URL.');
  }
}
