import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeTokenRoute } from '../../../../test/support/token-route.ts';

const KEY = 'marked-key-of-catalog-sync';
const CALLERS = `callers:
  - name: catalog-sync
    apiKeySha256: ["${createHash('sha256').update(KEY).digest('hex')}"]
    tokens: ["*"]
`;

let route: Awaited<ReturnType<typeof makeTokenRoute>>;
beforeEach(async () => {
  route = await makeTokenRoute({ callers: CALLERS });
});
afterEach(() => route.close());

const REQUESTS = [
  ['GET /v1/tokens/aem-dev', { url: '/v1/tokens/aem-dev', headers: { authorization: `Bearer ${KEY}` } }],
  [
    'POST /oauth/token',
    {
      method: 'POST',
      url: '/oauth/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `grant_type=client_credentials&client_id=catalog-sync&client_secret=${KEY}&scope=aem-dev`,
    },
  ],
] as const;

describe.each(REQUESTS)('%s', (_, request) => {
  it('vends a token that only the store has', async () => {
    route.know();
    await route.publishElsewhere();
    const answers = await Promise.all(Array.from({ length: 20 }, () => route.inject(request)));
    for (const { statusCode, body } of answers) {
      expect(statusCode).toBe(200);
      expect(JSON.parse(body)).toMatchObject({ access_token: 'token-elsewhere' });
    }
  });

  it('answers 503 once the store has no token either', async () => {
    route.know();
    const { statusCode, headers } = await route.inject(request);
    expect(statusCode).toBe(503);
    expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  });

  it('does not ask the store for a name that is unknown here', async () => {
    await route.publishElsewhere();
    expect((await route.inject(request)).statusCode).toBeGreaterThanOrEqual(400);
    expect((await route.inject(request)).statusCode).toBeLessThan(500);
  });
});
