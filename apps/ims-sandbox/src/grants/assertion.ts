import { decodeJwt, decodeProtectedHeader } from 'jose';
import { ImsRefusalError } from '../wire/ims-refusal.ts';
import { MALFORMED_CLAIMS, UNDECODABLE_ASSERTION } from './grant-refusals.ts';

/** A client's JWT assertion, decoded but not verified. */
export interface Assertion {
  readonly jwt: string;
  readonly alg: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly iss: string;
  readonly sub: string;
  readonly expSeconds: number;
  readonly jti: number | undefined;
}

/** Decodes an assertion and checks the types of the claims that IMS needs to find the binding. */
export function decodeAssertion(jwt: string): Assertion {
  const { alg, claims } = decoded(jwt);
  const exp = claims['exp'];
  const jti = claims['jti'];
  for (const integer of [exp, jti]) {
    if (integer !== undefined && !Number.isInteger(integer)) throw new ImsRefusalError(UNDECODABLE_ASSERTION);
  }
  const iss = claims['iss'];
  const sub = claims['sub'];
  if (typeof exp !== 'number' || !isIdentity(iss) || !isIdentity(sub))
    throw new ImsRefusalError(MALFORMED_CLAIMS);
  return { jwt, alg, claims, iss, sub, expSeconds: exp, jti: typeof jti === 'number' ? jti : undefined };
}

function decoded(jwt: string): Pick<Assertion, 'alg' | 'claims'> {
  try {
    return { alg: String(decodeProtectedHeader(jwt).alg), claims: decodeJwt(jwt) };
  } catch {
    throw new ImsRefusalError(UNDECODABLE_ASSERTION);
  }
}

/** Adobe identities have the form `<ident>@<authority>`. */
function isIdentity(value: unknown): value is string {
  return typeof value === 'string' && /^[^@\s]+@[^@\s]+$/.test(value);
}
