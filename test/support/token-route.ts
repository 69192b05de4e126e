import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { CallersFile } from '#libs/callers';
import { MemoryTokenStore } from '#libs/token-stores';
import {
  AccessToken,
  later,
  millis,
  SystemClock,
  toCredentialName,
  type Clock,
  type CredentialName,
} from '#libs/tokens';
import type { InjectOptions } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';

import { OAuthTokenRoute } from '../../apps/token-service/src/oauth/oauth-token-route.ts';
import { Readiness } from '../../apps/token-service/src/status/readiness.ts';
import { VendMetrics } from '../../apps/token-service/src/tokens/vend-metrics.ts';
import { AuthenticationThrottle } from '../../apps/token-service/src/authentication/authentication-throttle.ts';
import { AuthenticationMetrics } from '../../apps/token-service/src/authentication/authentication-metrics.ts';
import { CallerAuthenticator } from '../../apps/token-service/src/authentication/caller-authenticator.ts';
import { FailedAuthentications } from '../../apps/token-service/src/authentication/failed-authentications.ts';
import { createHttpAdapter } from '../../apps/token-service/src/http/http-adapter.ts';
import { LongPolls } from '../../apps/token-service/src/tokens/long-polls.ts';
import { TokenWaiters } from '../../apps/token-service/src/tokens/token-waiters.ts';
import { TokenRoute } from '../../apps/token-service/src/tokens/token-route.ts';
import { eventually } from './eventually.ts';
import { servingSideOver } from './serving-side.ts';
import { statusRecordOf } from './store-fixtures.ts';

const NAME = toCredentialName('aem-dev') as CredentialName;

interface RouteOptions {
  readonly callers: string;
  /** The clock that the verification of JWTs reads. */
  readonly callersClock?: Clock;
  readonly maxLongPolls?: number;
}

/** The route for tokens on a server that does not listen, with a token that the test chooses. */
export async function makeTokenRoute({ callers, callersClock, ...limits }: RouteOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'token-route-'));
  const path = join(folder, 'callers.yaml');
  await writeFile(path, callers);
  const callersFile = await CallersFile.open(path, { clock: callersClock });
  const clock = new SystemClock();
  const store = new MemoryTokenStore(clock);
  const { tokens, vendor, missing } = servingSideOver(store, clock);
  const waiters = new TokenWaiters(tokens);
  const registry = new Registry();
  const metrics = new VendMetrics(registry, tokens);
  const readiness = new Readiness(tokens, vendor, { hasCompleteCopy: false });
  readiness.markWarmedUp();
  const fastify = createHttpAdapter(null).getInstance();
  const shared = {
    authenticator: new CallerAuthenticator(
      callersFile,
      new FailedAuthentications(
        new AuthenticationThrottle(clock),
        new AuthenticationMetrics(registry, callersFile),
      ),
      null,
    ),
    vendor,
    tokens,
    missing,
    readiness,
    metrics,
    audit: null,
    log: pino({ level: 'silent' }),
  };
  new TokenRoute({ ...shared, polls: new LongPolls({ waiters, clock, ...limits }) }).register(fastify);
  new OAuthTokenRoute({ ...shared, callers: callersFile }).register(fastify);
  await fastify.ready();
  let sha256 = '';

  return {
    /** Makes a token the current one. */
    adopt(generation: number): void {
      const now = clock.now();
      const token = new AccessToken(`token-${generation}`, now, later(now, millis(86_400_000)));
      tokens.adopt({ name: NAME, generation, token, version: 'v1' });
      sha256 = token.sha256;
    },
    /** Makes the credential known here, without a token. */
    know(): void {
      tokens.adoptStatus(statusRecordOf(NAME));
    },
    /** Puts a token into the store without a word to this process. */
    async publishElsewhere(): Promise<void> {
      const now = clock.now();
      const token = new AccessToken('token-elsewhere', now, later(now, millis(86_400_000)));
      await store.publish({ name: NAME, generation: 1, token, version: 'v1' });
    },
    inject: (request: InjectOptions) => fastify.inject(request),
    forget(generation: number): void {
      tokens.forget(NAME, generation);
    },
    async changeCallers(text: string): Promise<void> {
      await writeFile(path, text);
      if (await callersFile.reload()) waiters.wakeAll();
    },
    /** Listens, for tests that need connections of their own. Returns the port. */
    async listen(): Promise<number> {
      await fastify.listen({ port: 0, host: '127.0.0.1' });
      return (fastify.server.address() as AddressInfo).port;
    },
    /** The headers of a long poll with this key or JWT for another token than the current one. */
    pollHeaders: (key: string) => ({ authorization: `Bearer ${key}`, 'if-none-match': `W/"${sha256}"` }),
    /** Sends a long poll with this key or JWT for another token than the current one. */
    async poll(key: string) {
      const headers = this.pollHeaders(key);
      const sent = fastify.inject({ url: '/v1/tokens/aem-dev?wait=60', headers });
      // `inject` sends the request when its promise is awaited.
      const { statusCode, headers: answered, body } = await sent;
      return { status: statusCode, headers: answered, body };
    },
    untilWaiting: (count: number): Promise<number> =>
      eventually(
        async () => waiters.size,
        (size) => size === count,
      ),
    async close() {
      waiters.onModuleDestroy();
      callersFile.close();
      await fastify.close();
      await rm(folder, { recursive: true });
    },
  };
}
