import { execFile } from 'node:child_process';
import { hash } from 'node:crypto';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually } from '../../support/eventually.ts';
import { startLocalDev, type LocalDev } from '../../support/local-dev.ts';
import { freePort } from '../../support/redis-process.ts';
import { RedisServer } from '../../support/redis-server.ts';
import { SecretsManager } from '../../support/secrets-manager/secrets-manager.ts';
import { root, type CommandBlock } from './pages.ts';
import { toScript } from './script.ts';

/** Made in the reader's own copy, never shared with it. */
const NOT_COPIED = new Set(['.git', '.sandbox', 'node_modules', 'dist']);

/** The key of the caller that a page sends where something leaked. */
const OPS_KEY = 'key-of-ops-51c7';

/** A command that asks for input, or never ends, is a defect of its page. */
const LONGEST_PAGE_MS = 240_000;

/** What a page begins with. */
interface PageStart {
  /** Whether it starts the service that it talks to. */
  readonly startsService: boolean;
  /** Whether it stores the first document of aem-dev; otherwise somebody did before. */
  readonly storesCredential: boolean;
}

interface Ended {
  readonly code: number;
  readonly output: string;
}

/**
 * Somebody who follows a page word by word: in a copy of the repository where `npm start` runs, with the documents
 * that Adobe would have let them download, an account at AWS (the tests' own), and nothing else.
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
    if (!storesCredential) aws.put('ims/aem-dev', await readFile(join(folder, 'aem-dev.json'), 'utf8'));
    await prepareForIncidents(folder, localDev);
    // A refusal is an error here, whether or not the page's line says so.
    await writeFile(join(folder, '.curlrc'), 'fail\nshow-error\n');
    const service = startsService ? `http://127.0.0.1:${port}` : localDev.serviceOrigin;
    return new Reader({
      folder,
      env: {
        ...aws.env,
        CURL_HOME: folder,
        PORT: String(port),
        // Pages say that a change is noticed within a minute; nobody here waits that long.
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

  /** Runs the blocks of a page, one after the other, and says how it ended. */
  async follow(blocks: readonly CommandBlock[]): Promise<Ended> {
    let script = toScript(blocks);
    for (const [written, real] of this.#addresses) script = script.replaceAll(written, real);
    return new Promise((resolve) => {
      const options = {
        cwd: this.#folder,
        env: { ...process.env, ...this.#env },
        maxBuffer: 1 << 26,
        timeout: LONGEST_PAGE_MS,
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

/** What the AEM Developer Console and the Adobe Developer Console would have handed out, from the sandbox. */
async function writeDocuments(folder: string, imsOrigin: string): Promise<void> {
  const issue = async (request: Record<string, unknown>): Promise<string> => {
    const answer = await fetch(`${imsOrigin}/sandbox/credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return answer.text();
  };
  const first = await issue({ kind: 'jwt' });
  const { clientId } = (JSON.parse(first) as { integration: { technicalAccount: { clientId: string } } })
    .integration.technicalAccount;
  await writeFile(join(folder, 'aem-dev.json'), first);
  await writeFile(join(folder, 'new.json'), await issue({ kind: 'jwt', clientId }));
  await writeFile(join(folder, 'oauth.json'), await issue({ kind: 'oauth', clientId }));
}

/** A caller that may revoke, its key in `ops.key`; and the token that this service holds, in a file that should not be. */
async function prepareForIncidents(folder: string, { serviceOrigin }: LocalDev): Promise<void> {
  await writeFile(join(folder, 'ops.key'), OPS_KEY);
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
  await writeFile(join(folder, 'leaked-token'), `${await answer.text()}\n`);
}
