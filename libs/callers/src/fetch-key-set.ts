import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';

import { fetchJson } from './fetch-json.ts';
import type { KeySource } from './jwt-callers.ts';
import { isKeySource } from './jwt-identity.ts';
import { KeysUnavailable } from './keys-unavailable.ts';

const discoverySchema = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });
const keySetSchema = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/**
 * The public keys of an issuer, by its discovery document (OpenID Connect Discovery §4) or from where the file says.
 * @throws KeysUnavailable
 */
export async function fetchKeySet(
  { issuer, jwksUri }: KeySource,
  calledOff: AbortSignal,
): Promise<JSONWebKeySet> {
  const url = jwksUri ?? (await discover(issuer, calledOff));
  const keySet = keySetSchema.safeParse(await fetchJson(url, calledOff));
  // No keys at all would lock out everybody: an accident at the issuer rather than its will.
  if (!keySet.success) throw new KeysUnavailable(`${url} answered no JSON Web Key Set with at least one key`);
  return keySet.data;
}

async function discover(issuer: string, calledOff: AbortSignal): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const discovery = discoverySchema.safeParse(await fetchJson(url, calledOff));
  if (!discovery.success) throw new KeysUnavailable(`${url} names no issuer and jwks_uri`);
  if (discovery.data.issuer !== issuer) {
    throw new KeysUnavailable(
      `${url} is of another issuer than the callers file says, letter by letter, a slash at the end included`,
    );
  }
  const { jwks_uri: jwksUri } = discovery.data;
  if (!isKeySource(jwksUri)) throw new KeysUnavailable(`${url} names a jwks_uri that is no https URL`);
  return jwksUri;
}
