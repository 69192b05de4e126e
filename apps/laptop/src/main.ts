import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { ADOBE_ORIGINS } from '#libs/credential-sources';

import { banner } from './banner.ts';
import { Child } from './child.ts';
import { ensureSampleCredential, openSandboxFolder, type SandboxFolder } from './sandbox-folder.ts';

const HOST = '127.0.0.1';
/** What a stuck process gets after Ctrl-C before it is killed. */
const PATIENCE_MS = 1500;
const IMS_READY = /^IMS sandbox listening on (\S+)$/;

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `This needs Node.js 24 or newer, and runs on ${process.version}. "npm ci" brings Node 24 on Linux; elsewhere install it.\n`,
  );
  process.exit(1);
}

const program = (app: string): string => fileURLToPath(import.meta.resolve(`../../${app}/src/main.js`));
const children: Child[] = [];
const stopping = new AbortController();

/** Starts the sandbox and answers with its origin once it listens. */
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

/** Starts the token service and answers with its origin once it is ready. */
async function startTokenService(folder: SandboxFolder, imsOrigin: string): Promise<string> {
  const origin = await new Promise<string>((resolve) => {
    const env = tokenServiceEnvironment(folder, imsOrigin);
    launch('token-service', env, (line) => {
      process.stdout.write(`${line}\n`);
      if (line.includes('"event":"listening"')) resolve((JSON.parse(line) as { origin: string }).origin);
    });
  });
  while (!stopping.signal.aborted && (await fetch(`${origin}/readyz`)).status !== 200) await delay(50);
  return origin;
}

function tokenServiceEnvironment(folder: SandboxFolder, imsOrigin: string): NodeJS.ProcessEnv {
  const { REDIS_URL, TOKEN_ENCRYPTION_KEYS, IMS_ALLOWED_ORIGINS } = process.env;
  return {
    HOST,
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: folder.credentialFolder,
    CALLERS_FILE: folder.callersFile,
    IMS_ALLOWED_ORIGINS: `${IMS_ALLOWED_ORIGINS || ADOBE_ORIGINS},${imsOrigin}`,
    ...(REDIS_URL && !TOKEN_ENCRYPTION_KEYS ? { TOKEN_ENCRYPTION_KEYS: folder.encryptionKey } : {}),
  };
}

/** Neither process is of use without the other: when one ends, all end. */
function launch(app: string, env: NodeJS.ProcessEnv, onLine: (line: string) => void): void {
  const child = Child.start(program(app), env, onLine);
  children.push(child);
  void child.ended.then((code) => stopAll('SIGTERM', code));
}

async function stopAll(signal: NodeJS.Signals, exitCode: number): Promise<void> {
  if (stopping.signal.aborted) return;
  stopping.abort();
  for (const child of children) child.stop(signal);
  const all = Promise.all(children.map(({ ended }) => ended));
  await Promise.race([all, delay(PATIENCE_MS)]);
  for (const child of children) child.stop('SIGKILL');
  process.exit(exitCode);
}

process.on('SIGINT', () => void stopAll('SIGINT', 0));
process.on('SIGTERM', () => void stopAll('SIGTERM', 0));

const folder = await openSandboxFolder(process.cwd());
const isNewIms = !existsSync(folder.imsState);
const imsOrigin = await startIms(folder);
await ensureSampleCredential(folder, imsOrigin, isNewIms);
const serviceOrigin = await startTokenService(folder, imsOrigin);
process.stdout.write(banner({ serviceOrigin, imsOrigin, folder }));
