import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '../../support/eventually.ts';
import { startLocalDev, type LocalDev } from '../../support/local-dev.ts';
import { freePort } from '../../support/redis-process.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { SecretsManager } from '../../support/secrets-manager/secrets-manager.ts';
import { root, type CommandBlock } from './pages.ts';
import { toScript } from './script.ts';

/** Not copied: the reader makes its own, or does not need it. */
const NOT_COPIED = new Set(['.git', '.sandbox', 'secrets', 'node_modules', 'dist']);

/** The key of the caller that may revoke tokens. */
const OPS_KEY = 'key-of-ops-51c7';

/** A command that asks for input, or never ends, is a defect of its page. */
const MAX_PAGE_MS = 240_000;

/** The state at the start of a page. */
interface PageStart {
  /** Whether the page starts the service that it calls. */
  readonly startsService: boolean;
  /** Whether the page stores the first document of aem-dev; otherwise it is stored already. */
  readonly storesCredential: boolean;
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

/**
 * Runs the commands of a page as a reader would: in a copy of the repository where `npm start` runs, with the
 * documents that a reader downloads from Adobe, and with an AWS account of the tests.
 */
export class Reader {
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #leave: () => Promise<void>;

  private constructor(parts: {
    folder: string;
    env: Record<string, string>;
    addresses: ReadonlyMap<string, string>;
    leave: () => Promise<void>;
  }) {
    this.#folder = parts.folder;
    this.#env = parts.env;
    this.#addresses = parts.addresses;
    this.#leave = parts.leave;
  }

  static async sitDown({ startsService, storesCredential }: PageStart): Promise<Reader> {
    const folder = await mkdtemp(join(tmpdir(), 'reader-'));
    await copyRepository(folder);
    const [localDev, aws, redis, port] = await Promise.all([
      startLocalDev(folder),
      SecretsManager.start(),
      RedisServer.start(),
      freePort(),
    ]);
    await writeDocuments(folder, localDev.imsOrigin);
    if (!storesCredential)
      aws.put('ims/aem-dev', await readFile(join(folder, 'secrets/aem-dev.json'), 'utf8'));
    await prepareForIncidents(folder, localDev);
    // A refusal is an error, even if the command of the page does not check it.
    await writeFile(join(folder, '.curlrc'), 'fail\nshow-error\n');
    const service = startsService ? `http://127.0.0.1:${port}` : localDev.serviceOrigin;
    return new Reader({
      folder,
      env: {
        ...aws.env,
        CURL_HOME: folder,
        PORT: String(port),
        // The pages say that the service notices a change within a minute. The test polls more often.
        CREDENTIAL_POLL_SECONDS: '1',
        IMS_ALLOWED_ORIGINS: localDev.imsOrigin,
        KEY: await readFile(join(folder, '.sandbox/caller-key'), 'utf8'),
      },
      addresses: new Map([
        ['http://127.0.0.1:3000', service],
        ['https://tokens.example', service],
        ['http://127.0.0.1:3001', localDev.imsOrigin],
        ['https://author-p1-e2.adobeaemcloud.com', `${localDev.imsOrigin}/aem`],
        ['redis://127.0.0.1:6379', redis.url],
      ]),
      leave: async () => {
        await Promise.all([aws.close(), redis.stop()]);
        await localDev.close();
        await rm(folder, { recursive: true, force: true });
      },
    });
  }

  /** Runs the blocks of a page in one shell. */
  async follow(blocks: readonly CommandBlock[]): Promise<Ended> {
    let script = toScript(blocks);
    for (const [written, real] of this.#addresses) script = script.replaceAll(written, real);
    return new Promise((resolve) => {
      const options = {
        cwd: this.#folder,
        env: { ...process.env, ...this.#env },
        maxBuffer: 1 << 26,
        timeout: MAX_PAGE_MS,
      };
      execFile('bash', ['-c', script], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        resolve({ code, output: `${stdout}\n${stderr}` });
      });
    });
  }

  leave(): Promise<void> {
    return this.#leave();
  }
}

async function copyRepository(folder: string): Promise<void> {
  for (const entry of await readdir(root)) {
    if (!NOT_COPIED.has(entry)) await cp(join(root, entry), join(folder, entry), { recursive: true });
  }
  for (const entry of ['node_modules', 'dist']) await symlink(join(root, entry), join(folder, entry));
}

/** Writes documents as from the two consoles of Adobe; the sandbox makes them. */
async function writeDocuments(folder: string, imsOrigin: string): Promise<void> {
  const issue = async (request: Record<string, unknown>): Promise<string> => {
    const answer = await fetch(`${imsOrigin}/sandbox/credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return answer.text();
  };
  await mkdir(join(folder, 'secrets'), { mode: 0o700 });
  const first = await issue({ kind: 'jwt' });
  const { clientId } = (JSON.parse(first) as { integration: { technicalAccount: { clientId: string } } })
    .integration.technicalAccount;
  await writeFile(join(folder, 'secrets/aem-dev.json'), first);
  await writeFile(join(folder, 'secrets/new.json'), await issue({ kind: 'jwt', clientId }));
  await writeFile(join(folder, 'secrets/oauth.json'), await issue({ kind: 'oauth', clientId }));
}

/**
 * Writes the key of a caller that may revoke to `secrets/ops.key`, and the current token to
 * `secrets/leaked-token`.
 */
async function prepareForIncidents(folder: string, { serviceOrigin }: LocalDev): Promise<void> {
  await writeFile(join(folder, 'secrets/ops.key'), OPS_KEY);
  await appendFile(
    join(folder, '.sandbox/callers.yaml'),
    `  - name: ops
    apiKeySha256: ["${hash('sha256', OPS_KEY, 'hex')}"]
    tokens: ["aem-*"]
    permissions: [read, revoke]
`,
  );
  const headers = { authorization: `Bearer ${OPS_KEY}`, accept: 'text/plain' };
  const answer = await eventually(
    () => fetch(`${serviceOrigin}/v1/tokens/aem-dev`, { headers }),
    ({ status }) => status === 200,
  );
  await writeFile(join(folder, 'secrets/leaked-token'), `${await answer.text()}\n`);
}
