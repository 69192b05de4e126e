import { ADOBE_ORIGINS, AllowedOrigins } from '#libs/credential-sources';

import { usageFailure } from '../command-failure.ts';
import { environment } from '../command-line.ts';

/** The flag that says where a document may point to. */
export const ALLOWED_ORIGINS_FLAG = { 'allowed-origins': { type: 'string' } } as const;

export const ALLOWED_ORIGINS_HELP = `  --allowed-origins LIST   where imsEndpoint may point to, as the service's IMS_ALLOWED_ORIGINS, which is also read
                           here (default: ${ADOBE_ORIGINS})`;

/** The origins the service would allow. @param list the flag's value @throws CommandFailure where it is no such list */
export function readAllowedOrigins(list: string | undefined): AllowedOrigins {
  try {
    return AllowedOrigins.parse(list ?? environment('IMS_ALLOWED_ORIGINS') ?? ADOBE_ORIGINS);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not understood';
    throw usageFailure(`--allowed-origins (or IMS_ALLOWED_ORIGINS): ${reason}.`);
  }
}
