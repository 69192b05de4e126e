import type { HeldToken, VendedToken } from '#libs/tokens';

import { entityTag } from './entity-tag.ts';

/** The parts of an answer that stay the same as long as the token does. */
interface Prepared {
  readonly bodyStart: string;
  readonly etag: string;
}

const prepared = new WeakMap<HeldToken, Prepared>();

function prepare(held: HeldToken): Prepared {
  const known = prepared.get(held);
  if (known !== undefined) return known;
  const { token } = held.record;
  const made = {
    bodyStart: `{"access_token":${JSON.stringify(token.reveal())},"token_type":"Bearer","expires_in":`,
    etag: entityTag(token.sha256),
  };
  prepared.set(held, made);
  return made;
}

/** The JSON answer to a token request; the times are those of this moment. */
export function tokenBody({ held, expiresIn, expiresAt, refreshIn }: VendedToken): string {
  const epochSeconds = Math.floor(expiresAt / 1000);
  return `${prepare(held).bodyStart}${expiresIn},"expires_at":${epochSeconds},"refresh_in":${refreshIn}}`;
}

export const tokenTag = ({ held }: VendedToken): string => prepare(held).etag;
