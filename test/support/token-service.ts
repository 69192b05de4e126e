import 'reflect-metadata';

import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createImsSandbox } from '../../apps/ims-sandbox/src/ims-sandbox.ts';
import { createTokenService } from '../../apps/token-service/src/token-service.ts';
import { createLog } from '../../apps/token-service/src/logging/create-log.ts';
import { readStartSettings } from '../../apps/token-service/src/config/start-settings.ts';
import { eventually } from './eventually.ts';

/** The key of the caller `demo`, which may read, refresh and see the status of every credential. */
export const DEMO_KEY = 'key-of-demo-4b1d';

const DEMO = `callers:
  - name: demo
    apiKeySha256: ["${hash('sha256', DEMO_KEY, 'hex')}"]
    tokens: ["*"]
    permissions: [read, refresh, status]
`;

interface Workplace {
  readonly imsOrigin: string;
  readonly credentialFolder: string;
  readonly callersFile: string;
  /** Creates a credential in the sandbox and stores it under a name. */
  addCredential(name: string, options?: Record<string, unknown>): Promise<string>;
  store(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Sends a request with a JSON body to the control API of the sandbox. */
  control(method: string, path: string, body?: unknown): Promise<Response>;
  startService(env?: Record<string, string>): Promise<RunningService>;
  close(): Promise<void>;
}

export interface RunningService {
  readonly origin: string;
  /** Every line of its log, audit included. */
  readonly logLines: readonly string[];
  /** Sends a request as the caller `demo`. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  lookNow(): void;
  close(): Promise<void>;
}

/** Creates what a token service needs: a sandbox, a folder of credentials and a callers file. */
export async function makeWorkplace(callers: string = DEMO): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'ims-token-service-'));
  const sandbox = await createImsSandbox();
  const callersFile = join(folder, 'callers.yaml');
  await writeFile(callersFile, callers);
  const services: RunningService[] = [];
  const control = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${sandbox.origin}/sandbox${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  const file = (name: string): string => join(folder, `${name}.json`);
  return {
    imsOrigin: sandbox.origin,
    credentialFolder: folder,
    callersFile,
    control,
    async addCredential(name, options = { kind: 'jwt' }) {
      const answer = await control('POST', '/credentials', options);
      if (answer.status !== 201)
        throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
      const text = await answer.text();
      await writeFile(file(name), text);
      return text;
    },
    store: (name, text) => writeFile(file(name), text),
    remove: (name) => rm(file(name)),
    async startService(env = {}) {
      const service = await startService({
        HOST: '127.0.0.1',
        PORT: '0',
        CREDENTIAL_SOURCE: 'files',
        CREDENTIAL_DIR: folder,
        CALLERS_FILE: callersFile,
        IMS_ALLOWED_ORIGINS: sandbox.origin,
        ...env,
      });
      services.push(service);
      return service;
    },
    async close() {
      await Promise.all(services.map((service) => service.close()));
      await sandbox.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function startService(env: Record<string, string>): Promise<RunningService> {
  const logLines: string[] = [];
  const keep = (line: string): void => void logLines.push(line);
  const commit = async (line: string): Promise<boolean> => logLines.push(line) > 0;
  const destination = { write: keep, gather: keep, commit, isUp: true, droppedLines: 0 };
  const settings = await readStartSettings(env);
  const log = createLog(destination, settings.config.LOG_LEVEL);
  const service = await createTokenService({ ...settings, destination, log });
  let closed: Promise<void> | null = null;
  return {
    origin: service.origin,
    logLines,
    get: (path, headers = {}) =>
      fetch(`${service.origin}${path}`, { headers: { authorization: `Bearer ${DEMO_KEY}`, ...headers } }),
    lookNow: () => service.lookNow(),
    close: () => (closed ??= service.close()),
  };
}

/** Waits until the service is ready. */
export const ready = (service: RunningService): Promise<Response> =>
  eventually(
    () => service.get('/readyz'),
    ({ status }) => status === 200,
  );
