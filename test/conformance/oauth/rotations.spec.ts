import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../../support/eventually.ts';
import { makeWorkplace, ready, type RunningService } from '../../support/token-service.ts';
import { badgateway } from './badgateway.ts';
import { openidClient } from './openid-client.ts';
import { simpleOAuth2 } from './simple-oauth2.ts';

const CLIENTS = { 'openid-client': openidClient, 'simple-oauth2': simpleOAuth2, badgateway };
const NAMES = Object.keys(CLIENTS);
const LIFE_SECONDS = 8;
const TOKENS = 4;

const callers = NAMES.map(
  (name) =>
    `  - name: ${name}\n    apiKeySha256: ["${hash('sha256', `key of ${name}`, 'hex')}"]\n    tokens: ["aem-dev"]\n`,
);

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace(`callers:\n${callers.join('')}`);
  await workplace.control('PUT', '/settings', { tokenLifetimeSeconds: LIFE_SECONDS });
  await workplace.addCredential('aem-dev');
  service = await workplace.startService();
  await ready(service);
});

afterAll(() => workplace.close());

interface Vend {
  readonly outcome: string;
  readonly caller: string;
  readonly token_sha256: string;
}

const vendsTo = (caller: string): Vend[] =>
  service.logLines
    .flatMap((lines) => lines.trimEnd().split('\n'))
    .filter((line) => line.includes('"event":"token.requested"'))
    .map((line) => JSON.parse(line) as Vend)
    .filter((vend) => vend.caller === caller);

describe('over rotations of a short-lived token', () => {
  it.concurrent.each(Object.entries(CLIENTS))(
    '%s asks when its token runs out, and never spins',
    async (name, client) => {
      const settings = { origin: service.origin, id: name, secret: `key of ${name}` };
      const handOut = await client.keep(settings, 'aem-dev');
      const seen = new Set<string>();
      let handedOut = 0;
      await eventually(
        async () => {
          handedOut += 1;
          return seen.add(hash('sha256', await handOut(), 'hex'));
        },
        ({ size }) => size === TOKENS,
      );
      const vends = vendsTo(name);
      const requests = [...seen].map(
        (sha256) => vends.filter(({ token_sha256 }) => token_sha256 === sha256).length,
      );
      expect(vends.every(({ outcome }) => outcome === 'vended')).toBe(true);
      expect(Math.min(...requests)).toBe(1);
      expect(Math.max(...requests)).toBeLessThanOrEqual(2);
      expect(handedOut).toBeGreaterThan(vends.length);
    },
  );
});
