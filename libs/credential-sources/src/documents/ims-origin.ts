import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { DocumentRefused } from './document-refused.ts';
import { readOrigin } from '../origins/origin.ts';

const PRODUCTION = 'ims-na1.adobelogin.com';

/**
 * Reads a document's `imsEndpoint` as an origin, in the form of `URL.origin`. Adobe writes a bare host.
 * Without the field the origin is that of Adobe's production.
 * @param field the field's full name in the document, for the diagnosis
 * @throws DocumentRefused for every origin that is not allowed: a document must not choose where its secrets
 * are sent
 */
export function imsOrigin(
  endpoint: string | null | undefined,
  field: string,
  allowed: AllowedOrigins,
): string {
  const url = readOrigin(endpoint ?? PRODUCTION);
  if (url === null) {
    throw new DocumentRefused(
      'credential_endpoint_refused',
      `\`${field}\` must be a host (${PRODUCTION}), a host with a port, or an origin (https://${PRODUCTION}): ` +
        'no user info, path, query or fragment. Store the document exactly as you downloaded it.',
    );
  }
  if (!allowed.permits(url.origin)) {
    const what =
      (endpoint ?? undefined) === undefined
        ? `Without \`${field}\` the endpoint is`
        : `\`${field}\` points to`;
    throw new DocumentRefused(
      'credential_endpoint_refused',
      `${what} ${url.origin}, which IMS_ALLOWED_ORIGINS does not list. ` +
        'If the secrets belong there, add it; if not, find out which person or program changed the document.',
    );
  }
  return url.origin;
}
