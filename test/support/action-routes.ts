import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CallersFile } from '#libs/callers';
import { MemoryTokenStore } from '#libs/token-stores';
import {
  AccessToken,
  later,
  millis,
  SystemClock,
  toCredentialName,
  type CredentialName,
  type CredentialStatusRecord,
} from '#libs/tokens';
import { pino } from 'pino';
import { Registry } from 'prom-client';

import { ActionMetrics } from '../../apps/token-service/src/tokens/actions/action-metrics.ts';
import { Readiness } from '../../apps/token-service/src/status/readiness.ts';
import { AuthenticationMetrics } from '../../apps/token-service/src/authentication/authentication-metrics.ts';
import { CallerAuthenticator } from '../../apps/token-service/src/authentication/caller-authenticator.ts';
import { AuditLog } from '../../apps/token-service/src/audit/audit-log.ts';
import { AuthenticationThrottle } from '../../apps/token-service/src/authentication/authentication-throttle.ts';
import { FailedAuthentications } from '../../apps/token-service/src/authentication/failed-authentications.ts';
import { createHttpAdapter } from '../../apps/token-service/src/http/http-adapter.ts';
import { PublicUrl } from '../../apps/token-service/src/http/public-url.ts';
import { RefreshAction } from '../../apps/token-service/src/tokens/actions/refresh-action.ts';
import { RevokeAction } from '../../apps/token-service/src/tokens/actions/revoke-action.ts';
import { TokenActionRoute } from '../../apps/token-service/src/tokens/actions/token-action-route.ts';
import { TokenWaiters } from '../../apps/token-service/src/tokens/token-waiters.ts';
import { TokenReports } from '../../apps/token-service/src/tokens/actions/token-reports.ts';
import { servingSideOver } from './serving-side.ts';
import { ScriptedRefresherClient } from '../fakes/scripted-refresher-client.ts';

const NAME = toCredentialName('aem-dev') as CredentialName;
const LOCAL = toCredentialName('aem-local') as CredentialName;
const CALLERS = `callers:
  - { name: all, apiKeySha256: ["${digestOf('all')}"], tokens: ["aem-*"], permissions: [read, refresh, revoke] }
  - { name: reader, apiKeySha256: ["${digestOf('reader')}"], tokens: ["aem-*"], permissions: [read] }
  - { name: blind, apiKeySha256: ["${digestOf('blind')}"], tokens: ["aem-*"], permissions: [refresh] }
  - { name: nameless, apiKeySha256: ["${digestOf('nameless')}"], permissions: [status, revoke] }
`;

function digestOf(key: string): string {
  return hash('sha256', key, 'hex');
}

/**
 * The routes for reports and revocations on a server that does not listen; the test answers for the
 * refresher.
 */
export async function makeActionRoutes() {
  const folder = await mkdtemp(join(tmpdir(), 'action-routes-'));
  await writeFile(join(folder, 'callers.yaml'), CALLERS);
  const callers = await CallersFile.open(join(folder, 'callers.yaml'));
  const clock = new SystemClock();
  const { tokens, vendor, sync } = servingSideOver(new MemoryTokenStore(), clock);
  const waiters = new TokenWaiters(tokens);
  const refresher = new ScriptedRefresherClient();
  const registry = new Registry();
  const metrics = new ActionMetrics(registry, tokens);
  const readiness = new Readiness(tokens, vendor, sync);
  readiness.markWarmedUp();
  const lines: string[] = [];
  const keep = (line: string): void => void lines.push(line);
  const commit = async (line: string): Promise<boolean> => lines.push(line) > 0;
  const adapter = createHttpAdapter(null);
  const fastify = adapter.getInstance();
  const parts = {
    authenticator: new CallerAuthenticator(
      callers,
      new FailedAuthentications(
        new AuthenticationThrottle(clock),
        new AuthenticationMetrics(registry, callers),
      ),
      null,
    ),
    tokens,
    readiness,
    publicUrl: new PublicUrl('https://tokens.example/ims', { host: '127.0.0.1', port: 0 }),
    audit: new AuditLog({ write: keep, gather: keep, commit }),
    log: pino({ level: 'silent' }),
  };
  const reports = new TokenReports({ refresher, tokens, sync, waiters });
  for (const action of [
    new RefreshAction({ reports, vendor, tokens, readiness, metrics, audit: null }),
    new RevokeAction({ refresher, tokens, sync, metrics }),
  ]) {
    new TokenActionRoute(action, parts).register(fastify);
  }
  await fastify.ready();

  return {
    refresher,
    metrics: () => registry.metrics(),
    audit: (): Record<string, unknown>[] =>
      lines
        .join('')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    /** Makes a token the current one. Returns its SHA-256. */
    adopt(generation: number, name = NAME): string {
      const now = clock.now();
      const token = new AccessToken(`token-${generation}`, now, later(now, millis(86_400_000)));
      tokens.adopt({ name, generation, token, version: 'v1' });
      return token.sha256;
    },
    /** Puts another callers file in force. */
    async changeCallers(change: (text: string) => string): Promise<void> {
      await writeFile(join(folder, 'callers.yaml'), change(CALLERS));
      await callers.reload();
    },
    adoptLocal(): string {
      tokens.adoptStatus({ name: LOCAL, kind: 'local', at: clock.now() } as CredentialStatusRecord);
      return this.adopt(1, LOCAL);
    },
    post: (path: string, payload: unknown, { key = 'all', ...headers }: Record<string, string> = {}) =>
      fastify.inject({
        method: 'POST',
        url: `/v1/tokens/${path}`,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      }),
    async close() {
      await fastify.close();
      await rm(folder, { recursive: true });
    },
  };
}
