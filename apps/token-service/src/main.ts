import 'reflect-metadata';

import { useEnvironmentProxy } from '#libs/credential-sources';

import { createTokenService } from './token-service.ts';
import { listenFailure } from './config/listen-failure.ts';
import { crashHandler } from './logging/crash-handler.ts';
import { createLog } from './logging/create-log.ts';
import { OutputStream } from './logging/log-destination.ts';
import { lineFormatter } from './logging/log-format.ts';
import { ConfigProblem, type ServiceConfig } from './config/service-config.ts';
import { readStartSettings, type StartSettings } from './config/start-settings.ts';

/** `EX_CONFIG` of sysexits.h: the environment is wrong, so starting again will not help. */
const WRONG_CONFIGURATION = 78;
/**
 * Not `process.stdout.fd`: that getter makes a pipe non-blocking, for all processes that share it.
 * A write into a full pipe would then fail with EAGAIN instead of waiting for the reader.
 */
const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;
/** How long requests in progress may take after SIGTERM. */
const DRAIN_LIMIT_MS = 10_000;

function explainAndExit(error: unknown): never {
  if (error instanceof ConfigProblem) {
    const list = error.problems.map((problem) => `  - ${problem}\n`).join('');
    process.stderr.write(`The token service can't start; its configuration is invalid:\n${list}`);
    process.exit(WRONG_CONFIGURATION);
  }
  throw error;
}

function exitUnlessListening(error: unknown, config: ServiceConfig): never {
  const reason = listenFailure(error, config);
  if (reason === null) throw error;
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

/**
 * Ends the process. `process.exit` waits for a thread that is writing into a full pipe; SIGKILL does not.
 * The kernel ignores a SIGKILL that process 1 of a container sends to itself; there the runtime ends it.
 */
function end(destination: OutputStream, code: number): void {
  if (destination.isBlocked) process.kill(process.pid, 'SIGKILL');
  process.exit(code);
}

async function run(settings: StartSettings): Promise<void> {
  const format = lineFormatter(settings.config.LOG_FORMAT, STANDARD_OUTPUT, process.env);
  const destination = new OutputStream(STANDARD_OUTPUT, STANDARD_ERROR, format);
  const log = createLog(destination, settings.config.LOG_LEVEL);
  const service = await createTokenService({ ...settings, destination, log }).catch((error: unknown) =>
    exitUnlessListening(error, settings.config),
  );

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log.info({ event: 'stopping', signal }, 'stopping');
    setTimeout(() => end(destination, 1), DRAIN_LIMIT_MS).unref();
    await service.close();
    log.info({ event: 'stopped' }, 'stopped');
    await destination.close();
    end(destination, 0);
  };
  process.once('SIGTERM', (signal) => void stop(signal));
  process.once('SIGINT', (signal) => void stop(signal));
  process.on('SIGHUP', () => service.lookNow());
  const crash = crashHandler({ errorFd: STANDARD_ERROR, log, destination, end: () => end(destination, 1) });
  process.on('uncaughtException', crash);
  // The last step: a supervisor that waits for this line may send signals from now on.
  log.info({ event: 'listening', origin: service.origin }, `listening on ${service.origin}`);
}

try {
  const settings = await readStartSettings(process.env);
  useEnvironmentProxy(process.env);
  await run(settings);
} catch (error) {
  explainAndExit(error);
}
