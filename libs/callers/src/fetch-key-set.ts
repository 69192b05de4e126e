import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';

import { fetchJson } from './fetch-json.ts';
import type { KeySource } from './jwt-callers.ts';
import { isKeySource } from './jwt-identity.ts';
import { KeysUnavailable } from './keys-unavailable.ts';
import { readBearerToken } from './read-bearer-token.ts';

const discoverySchema = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });
const keySetSchema = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

/**
 * Fetches the public keys of an issuer, from the configured `jwksUri` or from the `jwks_uri` of its discovery
 * document (OpenID Connect Discovery §4). Sends the token of `bearerTokenFile` to both, as an API server of
 * Kubernetes may name its keys under another of its addresses.
 * @throws KeysUnavailable
 */
export async function fetchKeySet(
  { issuer, jwksUri, bearerTokenFile }: KeySource,
  signal: AbortSignal,
): Promise<JSONWebKeySet> {
  const bearer = bearerTokenFile === undefined ? undefined : await readBearerToken(bearerTokenFile);
  const url = jwksUri ?? (await discover(issuer, bearer, signal));
  const keySet = keySetSchema.safeParse(await fetchJson(url, bearer, signal));
  // An empty key set would lock out every caller, and is more likely an accident at the issuer than its
  // intent.
  if (!keySet.success) throw new KeysUnavailable(`${url} answered no JSON Web Key Set with at least one key`);
  return keySet.data;
}

async function discover(issuer: string, bearer: string | undefined, signal: AbortSignal): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const discovery = discoverySchema.safeParse(await fetchJson(url, bearer, signal));
  if (!discovery.success) throw new KeysUnavailable(`${url} names no issuer and jwks_uri`);
  if (discovery.data.issuer !== issuer) {
    throw new KeysUnavailable(
      `${url} is of another issuer than the callers file says: both must match exactly, final slash included`,
    );
  }
  const { jwks_uri: jwksUri } = discovery.data;
  if (!isKeySource(jwksUri)) throw new KeysUnavailable(`${url} names a jwks_uri that is no https URL`);
  return jwksUri;
}
