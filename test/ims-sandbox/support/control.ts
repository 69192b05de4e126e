import { createHash, X509Certificate } from 'node:crypto';

/** The document of the AEM Developer Console. */
export interface ServiceCredentials {
  readonly ok: boolean;
  readonly statusCode: number;
  readonly integration: {
    readonly imsEndpoint: string;
    readonly metascopes: string;
    readonly technicalAccount: { readonly clientId: string; readonly clientSecret: string };
    readonly email: string;
    readonly id: string;
    readonly org: string;
    readonly privateKey: string;
    readonly publicKey: string;
  };
}

/** The document of the Adobe Developer Console. */
export interface OAuthCredentials {
  readonly CLIENT_ID: string;
  readonly CLIENT_SECRETS: readonly string[];
  readonly ORG_ID: string;
  readonly TECHNICAL_ACCOUNT_ID: string;
  readonly TECHNICAL_ACCOUNT_EMAIL: string;
  readonly SCOPES: readonly string[];
  readonly imsEndpoint: string;
}

/** The response of `GET /sandbox/requests`. */
export interface Ledger {
  readonly byClient: Record<string, { requests: number; issued: number; refused: number }>;
  readonly requests: readonly {
    at: string;
    method: string;
    path: string;
    clientId: string | null;
    status: number | null;
  }[];
}

type Json = Record<string, unknown>;

export function control(origin: string, method: string, path: string, body?: unknown): Promise<Response> {
  if (body === undefined) return fetch(`${origin}/sandbox/${path}`, { method });
  const headers = { 'content-type': 'application/json' };
  return fetch(`${origin}/sandbox/${path}`, { method, headers, body: JSON.stringify(body) });
}

async function issue<T>(origin: string, request: Json): Promise<T> {
  const response = await control(origin, 'POST', 'credentials', request);
  if (response.status !== 201) throw new Error(`No credential: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export function issueServiceCredentials(origin: string, request: Json = {}): Promise<ServiceCredentials> {
  return issue(origin, { kind: 'jwt', ...request });
}

export function issueOAuth(origin: string, request: Json = {}): Promise<OAuthCredentials> {
  return issue(origin, { kind: 'oauth', ...request });
}

export function issueLocalToken(
  origin: string,
  request: Json = {},
): Promise<{ readonly accessToken: string }> {
  return issue(origin, { kind: 'local', ...request });
}

export async function setFaults(origin: string, ...faults: readonly Json[]): Promise<void> {
  const response = await control(origin, 'PUT', 'faults', { faults });
  if (response.status !== 204) throw new Error(`No faults: ${response.status} ${await response.text()}`);
}

export async function ledger(origin: string): Promise<Ledger> {
  return (await (await control(origin, 'GET', 'requests')).json()) as Ledger;
}

/** Whether the sandbox's `validate_token` accepts the token. */
export async function isValidAt(
  origin: string,
  clientId: string,
  token: { reveal(): string },
): Promise<boolean> {
  const response = await fetch(`${origin}/ims/validate_token/v1`, {
    method: 'POST',
    body: new URLSearchParams({ type: 'access_token', client_id: clientId, token: token.reveal() }),
  });
  return ((await response.json()) as { readonly valid: boolean }).valid;
}

export function fingerprint(certificatePem: string): string {
  return createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('hex');
}
