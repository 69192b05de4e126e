import { ExchangeFailure, type Millis } from '#libs/tokens';

import { GRANTS, type GrantKind } from '../grants/grant.ts';
import { compareClocks } from '../http/clock-skew.ts';
import type { Refusal } from './refusal.ts';
import type { RefusalCode } from './refusal-code.ts';

/** The client that IMS refused, and what the response headers said. */
interface RefusedClient {
  readonly grant: GrantKind;
  readonly clientId: string;
  readonly origin: string;
  readonly clockSkew: Millis | null;
  readonly debugId: string | undefined;
}

/** What happened and what to do. Diagnoses that depend on the grant are in its row of `GRANTS`. */
const DIAGNOSES: Readonly<Record<RefusalCode, (refused: RefusedClient) => string>> = {
  ims_invalid_client_id: ({ clientId, origin, grant }) =>
    `IMS at ${origin} knows no client id ${clientId}: its credential was deleted, or imsEndpoint names another IMS ` +
    `environment. Look for it in the ${GRANTS[grant].console} and store the credential again.`,
  ims_invalid_client_secret: ({ clientId, grant }) =>
    GRANTS[grant].diagnoses.ims_invalid_client_secret(clientId),
  ims_invalid_client: ({ clientId, origin, grant }) =>
    `IMS refused the client ${clientId} without naming its id or its secret as the cause. Usually imsEndpoint (${origin}) ` +
    'is another IMS environment than the one that issued the credential. Compare with the ' +
    `${GRANTS[grant].console} and store the document unchanged.`,
  ims_unauthorized_client: ({ clientId, grant }) => GRANTS[grant].diagnoses.ims_unauthorized_client(clientId),
  ims_assertion_expired: ({ clockSkew }) =>
    `IMS treats the signed assertion, which is valid for five minutes, as expired. ${compareClocks(clockSkew)}`,
  ims_assertion_invalid: ({ clockSkew, grant }) =>
    'IMS could not read the signed assertion. The organization (`org`, …@AdobeOrg), the technical account ' +
    '(`id`, …@techacct.adobe.com, not `email`) or the clock is wrong: download the ' +
    `service credentials again from the ${GRANTS[grant].console} and store them unchanged. ${compareClocks(clockSkew)}`,
  ims_assertion_replayed: () =>
    'IMS demands a jti that was never used before in every assertion, and refused a fresh random one too. ' +
    "Ask Adobe support, with IMS's debug id.",
  ims_invalid_scope: ({ clientId, grant }) => GRANTS[grant].diagnoses.ims_invalid_scope(clientId),
  ims_refused: ({ clientId, grant }) =>
    `IMS refused ${clientId} for a reason that this service does not know. Check the credential in the ` +
    `${GRANTS[grant].console}; if it is in order, ask Adobe support, with IMS's debug id.`,
};

/** A refusal with its diagnosis and IMS's own words. */
export function refusalFailure(code: RefusalCode, refusal: Refusal, refused: RefusedClient): ExchangeFailure {
  return permanentFailure({ code, diagnosis: DIAGNOSES[code](refused) }, refusal, refused.debugId);
}

/** A failure that stays until a person changes the credential. IMS's own words follow the diagnosis. */
export function permanentFailure(
  { code, diagnosis }: Pick<ExchangeFailure, 'code' | 'diagnosis'>,
  { quoted }: Refusal,
  debugId: string | undefined,
): ExchangeFailure {
  return new ExchangeFailure({ code, diagnosis: `${diagnosis} ${quoted}`, retryable: false, debugId });
}
