import { createPrivateKey } from 'node:crypto';
import { CompactSign } from 'jose';
import type { OAuthCredentials, ServiceCredentials } from './control.ts';

type Claims = Record<string, unknown>;

/** The status and the JSON body of a response. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The claims of a valid assertion, with changes. A claim that is `undefined` is left out. */
export function claimsFor(
  { integration }: ServiceCredentials,
  changes: Claims = {},
  nowMs = Date.now(),
): Claims {
  const { imsEndpoint, metascopes, technicalAccount, id, org } = integration;
  return {
    exp: Math.floor(nowMs / 1000) + 300,
    iss: org,
    sub: id,
    aud: `${imsEndpoint}/c/${technicalAccount.clientId}`,
    ...Object.fromEntries(metascopes.split(',').map((scope) => [`${imsEndpoint}/s/${scope}`, true])),
    ...changes,
  };
}

export function signed(claims: unknown, privateKeyPem: string, alg = 'RS256'): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg })
    .sign(createPrivateKey(privateKeyPem));
}

/** The parameters of a valid exchange, with changed claims. */
export async function exchangeParameters(
  document: ServiceCredentials,
  changes: Claims = {},
  nowMs?: number,
): Promise<Record<string, string>> {
  const { clientId, clientSecret } = document.integration.technicalAccount;
  const jwt = await signed(claimsFor(document, changes, nowMs), document.integration.privateKey);
  return { client_id: clientId, client_secret: clientSecret, jwt_token: jwt };
}

export function grantParameters(document: OAuthCredentials): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    client_id: document.CLIENT_ID,
    client_secret: document.CLIENT_SECRETS[0] ?? '',
    scope: document.SCOPES.join(','),
  };
}

export async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

export async function post(url: string, parameters: Record<string, string>): Promise<Answer> {
  return answerOf(await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) }));
}

export function multipart(parameters: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(parameters)) form.append(name, value);
  return form;
}

/** Exchanges an assertion with changed claims or parameters, and returns the response of IMS. */
export async function exchange(
  document: ServiceCredentials,
  changes: Claims = {},
  parameters: Record<string, string> = {},
  nowMs?: number,
): Promise<Answer> {
  const all = { ...(await exchangeParameters(document, changes, nowMs)), ...parameters };
  return post(`${document.integration.imsEndpoint}/ims/exchange/jwt`, all);
}

export async function tokenFor(document: ServiceCredentials, nowMs?: number): Promise<string> {
  const { status, body } = await exchange(document, {}, {}, nowMs);
  if (status !== 200) throw new Error(`No token: ${status} ${JSON.stringify(body)}`);
  return String(body['access_token']);
}

export function aem(origin: string, token: string, path = '/aem/content/dam.json'): Promise<Response> {
  return fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}

export function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}
