import { hash } from 'node:crypto';

import { expect } from 'vitest';

import type { OidcIssuer } from '../support/oidc-issuer.ts';
import { DEMO_KEY, type RunningService } from '../support/token-service.ts';

const digest = (text: string): string => hash('sha256', text, 'hex');

interface Everywhere {
  readonly service: RunningService;
  readonly issuer: OidcIssuer;
  /** Gets what is sent and must not come back, by what it is. */
  readonly secrets: Map<string, string>;
  /** Takes every answer that is no token. */
  readonly remember: (answer: Response) => Promise<Response>;
  readonly tokenOf: (name: string) => Promise<string>;
}

interface Sent {
  readonly type?: string;
  readonly authorization?: string;
}
const postTo = (
  { origin }: RunningService,
  path: string,
  body: string,
  { type = 'application/json', authorization = `Bearer ${DEMO_KEY}` }: Sent = {},
): Promise<Response> =>
  fetch(origin + path, {
    method: 'POST',
    headers: { 'content-type': type, ...(authorization === '' ? {} : { authorization }) },
    body,
  });
/** Requests of every kind, good and bad, with a secret wherever one may be put. */
export async function sendSecretsEverywhere({
  service,
  issuer,
  secrets,
  remember,
  tokenOf,
}: Everywhere): Promise<void> {
  const post = (path: string, body: string, sent?: Sent): Promise<Response> =>
    postTo(service, path, body, sent);
  const wrong = 'marked-wrong-key-9c27';
  const jwt = await issuer.token();
  const forged = `${jwt.slice(0, -8)}AAAAAAAA`;
  for (const [label, secret] of Object.entries({ wrong, jwt, forged })) secrets.set(label, secret);
  const bearers = [`Bearer ${wrong}`, `Bearer ${forged}`, `Basic ${btoa(`demo:${wrong}`)}`, wrong];
  expect((await service.get('/v1/tokens/aem-jwt', { authorization: `Bearer ${jwt}` })).status).toBe(200);

  for (const verb of ['refresh', 'revoke']) {
    const path = `/v1/tokens/aem-jwt/${verb}`;
    const current = await tokenOf('aem-jwt');
    const named = JSON.stringify({ token_sha256: digest(current) });
    for (const authorization of bearers) await remember(await post(path, named, { authorization }));
    await remember(await post(path, named, { authorization: `Bearer ${jwt}` }));
    for (const body of [
      JSON.stringify({ token_sha256: current }),
      JSON.stringify({ [current]: 1 }),
      JSON.stringify({ token_sha256: digest(current), token: current }),
      current,
      `{"token_sha256": "${current}`,
    ]) {
      await remember(await post(path, body));
    }
    await remember(await post(`${path}?token=${wrong}`, named));
    await remember(await post(path, current, { type: 'text/plain' }));
    expect((await post(path, named)).status).toBe(200);
    expect(await tokenOf('aem-jwt')).not.toBe(current);
  }

  const type = 'application/x-www-form-urlencoded';
  const grant = 'grant_type=client_credentials&scope=aem-jwt';
  const asDemo = `Basic ${btoa(`demo:${DEMO_KEY}`)}`;
  expect((await post('/oauth/token', grant, { type, authorization: asDemo })).status).toBe(200);
  for (const authorization of [...bearers, `Bearer ${jwt}`, `Basic ${btoa(`demo:${jwt}`)}`]) {
    await remember(await post('/oauth/token', grant, { type, authorization }));
  }
  for (const body of [
    `${grant}&client_id=demo&client_secret=${wrong}`,
    `${grant}&client_id=nobody&client_secret=${DEMO_KEY}`,
    `${grant}&client_id=demo&client_secret=${DEMO_KEY}&client_secret=${wrong}`,
    `${grant}x&client_id=demo&client_secret=${DEMO_KEY}`,
    `grant_type=${wrong}&client_id=demo&client_secret=${DEMO_KEY}`,
  ]) {
    await remember(await post('/oauth/token', body, { type, authorization: '' }));
    await remember(await post(`/oauth/token?${body}`, body, { type, authorization: asDemo }));
  }
  for (const path of ['/metrics', '/v1/status/aem-jwt', '/dashboard', '/docs', '/openapi.json', '/nothing']) {
    for (const authorization of [...bearers, `Bearer ${DEMO_KEY}`])
      await remember(await service.get(path, { authorization }));
  }
}
