import type { AddressInfo } from 'node:net';

import {
  createRefresherHandler,
  CurrentTokens,
  millis,
  RefresherClient,
  StoreSync,
  TokenRefresher,
  TokenReplacement,
  TokenRevocation,
} from '#libs/tokens';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import { warmUp, lookAtAll, lookAtStore } from './status/warm-up.ts';
import { NestLog } from './logging/nest-log.ts';
import { describeLog } from './metrics/log-metrics.ts';
import { openMetricsPort } from './metrics/metrics-port.ts';
import { describeProcess } from './metrics/process-metrics.ts';
import { Readiness } from './status/readiness.ts';
import { RefreshScheduler } from './refreshing/refresh-scheduler.ts';
import { SourcePoller } from './refreshing/source-poller.ts';
import type { ServiceConfig } from './config/service-config.ts';
import { TokenServiceModule, type TokenServiceParts } from './token-service.module.ts';
import { UNTRACED, type Tracing } from './tracing/tracing.ts';
import { ACTION_ROUTES } from './tokens/actions/action.providers.ts';
import { createHttpAdapter } from './http/http-adapter.ts';
import { registerAuthorizationServerMetadata } from './oauth/authorization-server-metadata.ts';
import { OAuthTokenRoute } from './oauth/oauth-token-route.ts';
import { PublicUrl } from './http/public-url.ts';
import type { TokenActionRoute } from './tokens/actions/token-action-route.ts';
import { TokenWaiters } from './tokens/token-waiters.ts';
import { TokenRoute } from './tokens/token-route.ts';
import { UnusedConnections } from './http/unused-connections.ts';

/** How long another process may take to look at its source. */
const LOOK_NOW_TIMEOUT = millis(30_000);

/** A running token service. */
export interface TokenService {
  /** Where it listens: `http://HOST:PORT`. */
  readonly origin: string;
  /** Looks at the credential source now and tries again whatever waits after a failure; who only vends asks others to. */
  lookNow(): void;
  /** Answers what is under way, takes no more, lets go of everything. */
  close(): Promise<void>;
}

/** Builds the service for its role, listens, and starts the first look around without waiting for its end. */
export async function createTokenService(parts: TokenServiceParts): Promise<TokenService> {
  const { config, log } = parts;
  const tracing = await tracingFor(config, log);
  const app = await NestFactory.create<NestFastifyApplication>(
    TokenServiceModule.with({ ...parts, tracing }),
    createHttpAdapter(config.vending?.TRUSTED_PROXIES ?? null),
    { logger: new NestLog(log), abortOnError: false },
  );
  if (config.vending !== null) {
    tracing.requests(app.getHttpAdapter().getInstance(), app.get(CurrentTokens));
    registerRoutes(app);
  }
  const registry = app.get(Registry);
  describeProcess(registry);
  describeLog(registry, parts.destination);
  const metricsPort =
    config.METRICS_PORT === undefined
      ? null
      : await openMetricsPort(registry, config.METRICS_PORT, config.HOST);
  const unused = new UnusedConnections(app.getHttpServer());
  await app.listen(config.PORT, config.HOST);
  if (config.vending !== null) {
    const { port } = app.getHttpServer().address() as AddressInfo;
    app.get(PublicUrl).listensOn(port);
  }
  const refresher = app.get(RefresherClient);
  const lookNow =
    config.refreshing === null ? askToLook(refresher, log) : () => app.get(RefreshScheduler).lookNow();
  if (config.refreshing !== null) {
    const [replacement, revocation] = [app.get(TokenReplacement), app.get(TokenRevocation)];
    refresher.handleWith(createRefresherHandler({ lookNow, replacement, revocation }));
  }
  const sync = app.get(StoreSync);
  const pass = warmUp(app.get(Readiness), (tooLate) =>
    config.refreshing === null
      ? lookAtStore(sync, tooLate)
      : lookAtAll(sync, app.get(SourcePoller), app.get(TokenRefresher)),
  );
  pass.catch((error: unknown) => log.fatal({ err: error }, 'the first look around failed'));
  return {
    origin: await app.getUrl(),
    lookNow: () => void lookNow(),
    close: async () => {
      if (config.vending !== null) app.get(TokenWaiters).close();
      metricsPort?.close();
      unused.hangUp();
      await app.close();
      await refresher.close();
      await tracing.close();
    },
  };
}

/** The SDK is loaded where traces are wanted, and nowhere else. */
async function tracingFor(config: ServiceConfig, log: Logger): Promise<Tracing> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config;
  if (endpoint === undefined) return UNTRACED;
  const { openTracing } = await import('./tracing/open-tracing.ts');
  return openTracing(endpoint, log);
}

/** The routes that stand on Fastify itself: the hot one, and those that speak OAuth's language instead of this service's. */
function registerRoutes(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  app.get(TokenRoute).register(fastify);
  app.get(OAuthTokenRoute).register(fastify);
  for (const route of app.get<readonly TokenActionRoute[]>(ACTION_ROUTES)) route.register(fastify);
  registerAuthorizationServerMetadata(fastify, app.get(PublicUrl));
}

/** Who only vends asks one of those who hold credentials. */
function askToLook(refresher: RefresherClient, log: Logger): () => Promise<void> {
  return async () => {
    const answer = await refresher.send({ type: 'look-now' }, LOOK_NOW_TIMEOUT);
    if (answer)
      log.info({ event: 'look-now.done' }, 'a refreshing process has looked at the credential source');
    else log.warn({ event: 'look-now.unanswered' }, 'no refreshing process answered: is one running?');
  };
}
