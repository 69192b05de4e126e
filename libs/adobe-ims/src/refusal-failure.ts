import { ExchangeFailure, type Millis } from '#libs/tokens';

import { compareClocks } from './clock-skew.ts';
import { CONSOLE, type Grant } from './grant.ts';
import type { Refusal } from './refusal.ts';
import type { RefusalCode } from './refusal-code.ts';

/** Whom IMS refused, and what its headers said. */
interface Refused {
  readonly grant: Grant;
  readonly clientId: string;
  readonly origin: string;
  readonly clockSkew: Millis | null;
  readonly debugId: string | undefined;
}

/** What happened and what to do about it. */
const DIAGNOSES: Readonly<Record<RefusalCode, (refused: Refused) => string>> = {
  ims_invalid_client_id: ({ clientId, origin, grant }) =>
    `IMS at ${origin} knows no client id ${clientId}: its credential was deleted, or imsEndpoint names another IMS ` +
    `environment. Look for it in the ${CONSOLE[grant]} and store the credential anew.`,
  ims_invalid_client_secret: ({ clientId, grant }) =>
    grant === 'jwt'
      ? `IMS refused the client secret of ${clientId}: it does not belong to this technical account (any more). ` +
        `Download the service credentials again from the ${CONSOLE.jwt} and store them.`
      : `IMS refused every client secret of ${clientId}: they were deleted, or belong to another credential. ` +
        `Add a client secret in the ${CONSOLE.oauth}, store the credential with it, and delete the old one afterwards.`,
  ims_invalid_client: ({ clientId, origin, grant }) =>
    `IMS refused the client ${clientId} without blaming its id or its secret. As a rule imsEndpoint (${origin}) is another IMS ` +
    `environment than the one that issued the credential. Compare with the ${CONSOLE[grant]} and store the document as it is there.`,
  ims_unauthorized_client: ({ clientId, grant }) =>
    grant === 'jwt'
      ? `The client ${clientId} may not exchange JWTs: it is no service credential, or was migrated to OAuth ` +
        `Server-to-Server. Check it in the ${CONSOLE.jwt}; where it was migrated, store the OAuth credential in its place.`
      : `The client ${clientId} may not use client_credentials: it is no OAuth Server-to-Server credential, or none ` +
        `any more. Check its type in the ${CONSOLE.oauth}.`,
  ims_assertion_expired: ({ clockSkew }) =>
    `IMS takes the signed assertion, valid for five minutes, for expired. ${compareClocks(clockSkew)}`,
  ims_assertion_invalid: ({ clockSkew, grant }) =>
    'IMS could not make sense of the signed assertion. The organization, technical account id or clock is wrong: ' +
    `download the service credentials again from the ${CONSOLE[grant]} and store them unchanged. ${compareClocks(clockSkew)}`,
  ims_assertion_replayed: () =>
    'IMS demands that every assertion carry a jti never used before, and refused a fresh random one too. ' +
    "Ask Adobe support, with IMS's debug id.",
  ims_invalid_scope: ({ clientId, grant }) =>
    grant === 'jwt'
      ? `The metascopes of this credential are not those that ${clientId} has. Download the service credentials again ` +
        `from the ${CONSOLE.jwt} and store them; do not edit metascopes.`
      : `IMS does not grant ${clientId} the scopes of this credential. Compare them with those shown in the ` +
        `${CONSOLE.oauth}, and check that its APIs and product profiles are still assigned.`,
  ims_refused: ({ clientId, grant }) =>
    `IMS refused ${clientId} for a reason this service does not know. Check the credential in the ${CONSOLE[grant]}; ` +
    "failing that, ask Adobe support, with IMS's debug id.",
};

/** A refusal as a person on call needs it. */
export function refusalFailure(code: RefusalCode, refusal: Refusal, refused: Refused): ExchangeFailure {
  return permanentFailure({ code, diagnosis: DIAGNOSES[code](refused) }, refusal, refused.debugId);
}

/** IMS's own words go behind the diagnosis. Only a person can mend a refusal. */
export function permanentFailure(
  { code, diagnosis }: Pick<ExchangeFailure, 'code' | 'diagnosis'>,
  { quoted }: Refusal,
  debugId: string | undefined,
): ExchangeFailure {
  return new ExchangeFailure({ code, diagnosis: `${diagnosis} ${quoted}`, retryable: false, debugId });
}
