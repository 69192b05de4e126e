import { ADOBE_ORIGINS, AllowedOrigins } from '#libs/credential-sources';

import { usageFailure } from '../command-failure.ts';
import { environment } from '../command-line.ts';

/** The flag for the origins that a document may name. */
export const ALLOWED_ORIGINS_FLAG = { 'allowed-origins': { type: 'string' } } as const;

export const ALLOWED_ORIGINS_HELP = `  --allowed-origins LIST   the origins that imsEndpoint may name (default: IMS_ALLOWED_ORIGINS as for the service, or
                           ${ADOBE_ORIGINS})`;

/**
 * Reads the allowed origins, like the service.
 * @param list the value of the flag
 * @throws CommandFailure for an invalid list
 */
export function readAllowedOrigins(list: string | undefined): AllowedOrigins {
  try {
    return AllowedOrigins.parse(list ?? environment('IMS_ALLOWED_ORIGINS') ?? ADOBE_ORIGINS);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not understood';
    throw usageFailure(`--allowed-origins (or IMS_ALLOWED_ORIGINS): ${reason}.`);
  }
}
