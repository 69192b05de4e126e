import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

import { ADOBE_ORIGINS } from '#libs/credential-sources';

import { banner } from './banner.ts';
import { Child } from './child.ts';
import { openSandboxFolder, type SandboxFolder } from './sandbox-folder.ts';
import { ensureSampleCredential } from './sample-credential.ts';
import { findTokenProblem } from './token-check.ts';

const HOST = '127.0.0.1';
/** How long the processes may take to end after a signal before they are killed. */
const STOP_TIMEOUT_MS = 1500;
/** How long the banner waits for the end of the service's start. */
const START_TIMEOUT_MS = 60_000;
/** How long it waits for the first token after that. If there is none by then, the log says why. */
const FIRST_TOKEN_TIMEOUT_MS = 10_000;
const IMS_READY = /^IMS sandbox listening on (\S+)$/;
const SERVICE_LISTENS = /listening on (http:[^\s"]+)/;
/** The last line of the service's start. Before it, all lines about its first tokens are written. */
const SERVICE_WARM = /warm-up done/;

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `This program requires Node.js 24 or newer, but runs on ${process.version}. On Linux "npm ci" installs Node.js 24; on other systems install it yourself.\n`,
  );
  process.exit(1);
}

const program = (app: string): string => fileURLToPath(import.meta.resolve(`../../${app}/src/main.js`));
const children: Child[] = [];
const stopping = new AbortController();

/** Starts the sandbox and resolves with its origin when it listens. */
function startIms(folder: SandboxFolder): Promise<string> {
  return new Promise((resolve) => {
    const env = { IMS_SANDBOX_HOST: HOST, IMS_SANDBOX_STATE: folder.imsState };
    launch('ims-sandbox', env, (line) => {
      const origin = IMS_READY.exec(line)?.[1];
      if (origin === undefined) process.stdout.write(`${line}\n`);
      else resolve(origin);
    });
  });
}

const endOfWait = (limitMs: number): AbortSignal =>
  AbortSignal.any([stopping.signal, AbortSignal.timeout(limitMs)]);

/**
 * Starts the token service and resolves with its origin when its start is over and it is ready, or after
 * the timeouts above.
 */
async function startTokenService(folder: SandboxFolder, imsOrigin: string): Promise<string> {
  const warm = Promise.withResolvers<void>();
  const origin = await new Promise<string>((resolve) => {
    const env = tokenServiceEnvironment(folder, imsOrigin);
    launch('token-service', env, (line) => {
      process.stdout.write(`${line}\n`);
      const plain = stripVTControlCharacters(line);
      const listensAt = SERVICE_LISTENS.exec(plain)?.[1];
      if (listensAt !== undefined) resolve(listensAt);
      if (SERVICE_WARM.test(plain)) warm.resolve();
    });
  });
  await Promise.race([warm.promise, once(endOfWait(START_TIMEOUT_MS), 'abort')]);
  const stopsWaiting = endOfWait(FIRST_TOKEN_TIMEOUT_MS);
  while (!stopsWaiting.aborted && !(await isReady(origin))) await delay(50);
  return origin;
}

/** Returns false for a service that does not answer. If it has ended, `launch` stops everything. */
const isReady = (origin: string): Promise<boolean> =>
  fetch(`${origin}/readyz`).then(
    ({ status }) => status === 200,
    () => false,
  );

function tokenServiceEnvironment(folder: SandboxFolder, imsOrigin: string): NodeJS.ProcessEnv {
  const {
    REDIS_URL,
    REDIS_URL_FILE,
    TOKEN_ENCRYPTION_KEYS,
    TOKEN_ENCRYPTION_KEYS_FILE,
    IMS_ALLOWED_ORIGINS,
  } = process.env;
  const needsKey = (REDIS_URL || REDIS_URL_FILE) && !TOKEN_ENCRYPTION_KEYS && !TOKEN_ENCRYPTION_KEYS_FILE;
  return {
    HOST,
    ...logEnvironment(),
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: folder.credentialFolder,
    CALLERS_FILE: folder.callersFile,
    IMS_ALLOWED_ORIGINS: `${IMS_ALLOWED_ORIGINS || ADOBE_ORIGINS},${imsOrigin}`,
    ...(needsKey ? { TOKEN_ENCRYPTION_KEYS: folder.encryptionKey } : {}),
  };
}

/** The service writes to a pipe of this program, so it cannot see that its log is for a terminal. */
function logEnvironment(): NodeJS.ProcessEnv {
  const { LOG_FORMAT, NO_COLOR } = process.env;
  if (!process.stdout.isTTY || (LOG_FORMAT && LOG_FORMAT !== 'auto')) return {};
  return { LOG_FORMAT: 'pretty', ...(NO_COLOR ? {} : { FORCE_COLOR: '1' }) };
}

/** Starts a process. The two processes need each other, so when one ends, this program stops the other. */
function launch(app: string, env: NodeJS.ProcessEnv, onLine: (line: string) => void): void {
  const name = app === 'ims-sandbox' ? 'IMS sandbox' : 'token service';
  const child = Child.start(program(app), env, onLine);
  children.push(child);
  void child.ended.then((code) => {
    if (!stopping.signal.aborted) process.stderr.write(`The ${name} has ended, so everything stops.\n`);
    return stopAll('SIGTERM', code);
  });
}

async function stopAll(signal: NodeJS.Signals, exitCode: number): Promise<void> {
  if (stopping.signal.aborted) return;
  stopping.abort();
  for (const child of children) child.stop(signal);
  const all = Promise.all(children.map(({ ended }) => ended));
  await Promise.race([all, delay(STOP_TIMEOUT_MS)]);
  for (const child of children) child.stop('SIGKILL');
  process.exit(exitCode);
}

process.on('SIGINT', () => void stopAll('SIGINT', 0));
process.on('SIGTERM', () => void stopAll('SIGTERM', 0));

async function start(): Promise<void> {
  const folder = await openSandboxFolder(process.cwd());
  const imsOrigin = await startIms(folder);
  await ensureSampleCredential(folder, imsOrigin);
  const serviceOrigin = await startTokenService(folder, imsOrigin);
  if (stopping.signal.aborted) return;
  const problem = await findTokenProblem(serviceOrigin, folder);
  const notices = problem === null ? folder.notices : [...folder.notices, problem];
  process.stdout.write(banner({ serviceOrigin, imsOrigin, folder, notices }));
}

try {
  await start();
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  if (!stopping.signal.aborted) process.stderr.write(`The local environment cannot start: ${reason}\n`);
  await stopAll('SIGTERM', 1);
}
