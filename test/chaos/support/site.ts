import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SandboxProcess } from './sandbox-process.ts';

/** The key of the only caller, who may do everything with every credential. */
export const KEY = 'key-of-chaos-7c2f';

const CALLERS = `callers:
  - name: chaos
    apiKeySha256: ["${hash('sha256', KEY, 'hex')}"]
    tokens: ["*"]
    permissions: [read, refresh, status]
`;

interface SiteOptions {
  /** In seconds: a day where not given. */
  readonly tokenLife?: number;
  readonly credentials?: readonly string[];
}

/** What replicas need: an IMS sandbox process, a folder of credentials and a callers file. */
export class Site {
  readonly sandbox: SandboxProcess;
  readonly folder: string;
  /** In seconds. */
  readonly tokenLife: number;
  /** What a replica needs in its environment to work here, with tokens in memory. */
  readonly env: Record<string, string>;
  readonly #clientIds = new Map<string, string>();

  private constructor(sandbox: SandboxProcess, folder: string, tokenLife: number) {
    this.sandbox = sandbox;
    this.folder = folder;
    this.tokenLife = tokenLife;
    this.env = {
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: folder,
      CALLERS_FILE: join(folder, 'callers.yaml'),
      IMS_ALLOWED_ORIGINS: sandbox.origin,
      CREDENTIAL_POLL_SECONDS: '1',
      AUDIT: 'off',
    };
  }

  static async start({ tokenLife = 86_400, credentials = ['aem-dev'] }: SiteOptions = {}): Promise<Site> {
    const [sandbox, folder] = await Promise.all([
      SandboxProcess.start(),
      mkdtemp(join(tmpdir(), 'chaos-site-')),
    ]);
    const site = new Site(sandbox, folder, tokenLife);
    await writeFile(join(folder, 'callers.yaml'), CALLERS);
    await sandbox.tokensLive(tokenLife);
    for (const name of credentials) await site.addCredential(name);
    return site;
  }

  get credentials(): readonly string[] {
    return [...this.#clientIds.keys()];
  }

  /** Issues one and stores it; for a name that is taken, under a new secret. */
  async addCredential(name: string): Promise<string> {
    const document = await this.issue(name);
    await writeFile(join(this.folder, `${name}.json`), document);
    return document;
  }

  /** Issues a document for a credential. The test stores it. */
  async issue(name: string): Promise<string> {
    const clientId = this.#clientIds.get(name);
    const account = clientId === undefined ? {} : { clientId };
    const document = await this.sandbox.control('POST', '/credentials', { kind: 'oauth', ...account });
    this.#clientIds.set(name, (JSON.parse(document) as { CLIENT_ID: string }).CLIENT_ID);
    return document;
  }

  /** How many tokens IMS issued for each credential so far. */
  async issued(): Promise<ReadonlyMap<string, number>> {
    const ledger = await this.sandbox.ledger();
    return new Map([...this.#clientIds].map(([name, id]) => [name, ledger[id]?.issued ?? 0]));
  }

  async close(): Promise<void> {
    await this.sandbox.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
