import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { addFaultHook } from './faults/fault-hook.ts';
import { ImsSandboxModule } from './ims-sandbox.module.ts';
import { addRequestLedgerHook } from './ledger/request-ledger-hook.ts';
import { createParts } from './sandbox-parts.ts';
import { createHttpAdapter, type TlsPair } from './wire/http-adapter.ts';
import { addBrowserGuardHook } from './wire/browser-guard-hook.ts';
import { addImsHeaderHook } from './wire/ims-header-hook.ts';

/** How to run a sandbox. Every option has a default. */
export interface ImsSandboxOptions {
  readonly host?: string | undefined;
  /** 0, the default, takes any free port. */
  readonly port?: number | undefined;
  /**
   * A folder that keeps accounts and invalidated tokens across restarts. Without it they are in memory only.
   */
  readonly stateFolder?: string | undefined;
  readonly tls?: TlsPair | undefined;
  /** Receives one line for each unexpected failure, without secrets. */
  readonly log?: ((line: string) => void) | undefined;
  /** The time in epoch milliseconds. */
  readonly now?: (() => number) | undefined;
}

/** A running sandbox. */
export interface ImsSandbox {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts a local Adobe IMS with an AEM stand-in, for `main.ts` and for tests. */
export async function createImsSandbox(options: ImsSandboxOptions = {}): Promise<ImsSandbox> {
  const { host = '127.0.0.1', port = 0, stateFolder, tls, log = () => undefined, now } = options;
  const parts = await createParts(stateFolder, now);
  const closing = new AbortController();
  const adapter = createHttpAdapter(tls);
  const instance = adapter.getInstance();
  addBrowserGuardHook(instance);
  addRequestLedgerHook(instance, parts.ledger, parts.clock);
  addImsHeaderHook(instance, parts.clock);
  addFaultHook(instance, parts.faults, parts.clock, closing.signal);
  const app = await NestFactory.create<NestFastifyApplication>(ImsSandboxModule.with(parts, log), adapter, {
    logger: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing.abort();
    return (closed ??= app.close().then(() => parts.state.idle()));
  };
  try {
    await app.listen(port, host);
  } catch (error) {
    await close();
    throw error;
  }
  return { origin: originOf(tls === undefined ? 'http' : 'https', host, instance.server.address()), close };
}

function originOf(scheme: string, host: string, address: unknown): string {
  const port =
    typeof address === 'object' && address !== null && 'port' in address ? String(address.port) : '';
  return new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`).origin;
}
