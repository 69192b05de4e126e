import { toMillis } from '#libs/tokens';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { connectionLimits, openFilesLimit } from './http/connection-limits.ts';
import { ConnectionRoom } from './http/connection-room.ts';
import { addHostGuard, isLoopback } from './http/host-guard.ts';
import { createHttpAdapter } from './http/http-adapter.ts';
import { trusts } from './http/trusted-proxies.ts';
import { NestLog } from './logging/nest-log.ts';
import { LookNow } from './refreshing/look-now.ts';
import { warnOfKnownKeys } from './store/warn-of-known-keys.ts';
import { TokenServiceModule, type TokenServiceParts } from './token-service.module.ts';

/** A running token service. */
export interface TokenService {
  /** The address of its server: `http://HOST:PORT`. */
  readonly origin: string;
  /**
   * Polls the credential source now and retries waiting credentials; in the role `vend`, asks a refreshing
   * process to.
   */
  lookNow(): void;
  /** Answers the requests in progress, accepts no more, and closes all connections. */
  close(): Promise<void>;
}

/** Builds the service for its role and listens. It does not wait for the warm-up. */
export async function createTokenService(parts: TokenServiceParts): Promise<TokenService> {
  const { config, log } = parts;
  warnOfKnownKeys(config.TOKEN_ENCRYPTION_KEYS, log);
  const proxies = config.vending?.TRUSTED_PROXIES ?? null;
  const room = new ConnectionRoom(connectionLimits(openFilesLimit()), trusts(proxies ?? []));
  const adapter = createHttpAdapter(proxies, { keepAliveMs: toMillis(config.KEEP_ALIVE_SECONDS) }, room);
  const app = await NestFactory.create<NestFastifyApplication>(
    TokenServiceModule.forRoot(parts, room),
    adapter,
    { logger: new NestLog(log), abortOnError: false },
  );
  if (config.vending !== null && proxies === null && isLoopback(config.HOST)) {
    addHostGuard(adapter.getInstance(), config.vending.PUBLIC_URL);
  }
  await app.listen(config.PORT, config.HOST);
  const lookNow = app.get(LookNow);
  return {
    origin: await app.getUrl(),
    lookNow: () => void lookNow.lookNow(),
    close: () => app.close(),
  };
}
