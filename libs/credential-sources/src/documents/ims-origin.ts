import type { AllowedOrigins } from './allowed-origins.ts';
import { DocumentRefused } from './document-refused.ts';
import { readOrigin } from './origin.ts';

const PRODUCTION = 'ims-na1.adobelogin.com';

/**
 * The origin a document's `imsEndpoint` means, in `URL.origin`'s form. Adobe writes a bare host; nothing means Adobe's production.
 * @param field the field's full name in the document, for the diagnosis
 * @throws DocumentRefused for anything but an allowed origin: a document must not choose whom its secrets are sent to.
 */
export function imsOrigin(endpoint: string | undefined, field: string, allowed: AllowedOrigins): string {
  const url = readOrigin(endpoint ?? PRODUCTION);
  if (url === null) {
    throw new DocumentRefused(
      'credential_endpoint_refused',
      `\`${field}\` must be a host (${PRODUCTION}), a host with a port, or an origin (https://${PRODUCTION}): ` +
        'no user info, path, query or fragment. Store the document exactly as Adobe handed it out.',
    );
  }
  if (!allowed.permits(url.origin)) {
    const what = endpoint === undefined ? `Without \`${field}\` the endpoint is` : `\`${field}\` points to`;
    throw new DocumentRefused(
      'credential_endpoint_refused',
      `${what} ${url.origin}, which IMS_ALLOWED_ORIGINS does not list. ` +
        'If the secrets are meant to go there, add it; if not, find out who changed the document.',
    );
  }
  return url.origin;
}
