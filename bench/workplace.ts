import { hash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { Child } from './child.ts';
import { removeOnExit } from './cleanup.ts';
import { plainJavaScript } from './plain-javascript.ts';
import type { PreparedResponse } from './programs/bare-server.ts';

const CALLER_KEY = 'the-key-of-the-benchmark';
const CALLERS = `callers:
  - name: bench
    apiKeySha256: ["${hash('sha256', CALLER_KEY, 'hex')}"]
    tokens: ["*"]
    permissions: [read, status]
`;

/** The credentials of the caller in all benchmarks. */
export const AUTHORIZATION = { authorization: `Bearer ${CALLER_KEY}` };

const built = (app: string): string =>
  fileURLToPath(new URL(`../dist/apps/${app}/src/main.js`, import.meta.url));

/** The paths of the compiled programs. */
interface Programs {
  readonly probe: string;
  readonly bareServer: string;
  readonly bareLongPollServer: string;
}

/** A temporary folder, an IMS sandbox in its own process, and the measured servers. */
export class Workplace {
  readonly imsOrigin: string;
  readonly #folder: string;
  readonly #probe: string;
  readonly #bareServer: string;
  readonly #bareLongPollServer: string;
  readonly #children: Child[];
  #folders = 0;

  private constructor(folder: string, programs: Programs, sandbox: Child, imsOrigin: string) {
    this.imsOrigin = imsOrigin;
    this.#folder = folder;
    this.#probe = programs.probe;
    this.#bareServer = programs.bareServer;
    this.#bareLongPollServer = programs.bareLongPollServer;
    this.#children = [sandbox];
  }

  static async open(): Promise<Workplace> {
    const folder = await mkdtemp(join(tmpdir(), 'ims-token-bench-'));
    removeOnExit(folder);
    await writeFile(join(folder, 'callers.yaml'), CALLERS);
    const programs = ['probe', 'bare-server', 'bare-long-poll-server'].map((name) =>
      plainJavaScript(new URL(`programs/${name}.ts`, import.meta.url), folder),
    );
    const [probe = '', bareServer = '', bareLongPollServer = ''] = await Promise.all(programs);
    const sandbox = new Child(built('ims-sandbox'), {
      nodeArguments: ['--import', pathToFileURL(probe).href],
      env: { IMS_SANDBOX_PORT: '0' },
    });
    return new Workplace(
      folder,
      { probe, bareServer, bareLongPollServer },
      sandbox,
      await sandbox.listening(),
    );
  }

  /** Adds a caller to the callers file, in YAML's flow style. Services that start later accept it. */
  addCaller(entry: string): Promise<void> {
    return appendFile(join(this.#folder, 'callers.yaml'), `  - ${entry}\n`);
  }

  /** Creates a credential document at the sandbox, for a new account or for an existing one. */
  async makeCredential(kind: 'jwt' | 'oauth', clientId?: string): Promise<string> {
    const answer = await fetch(`${this.imsOrigin}/sandbox/credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind, clientId }),
    });
    if (answer.status !== 201)
      throw new Error(`the sandbox did not create a credential (HTTP ${answer.status})`);
    return answer.text();
  }

  /** Creates a folder with these documents, each in the file NAME.json. */
  async credentialFolder(documents: Readonly<Record<string, string>>): Promise<string> {
    this.#folders += 1;
    const folder = join(this.#folder, `credentials-${this.#folders}`);
    await mkdir(folder);
    for (const [name, text] of Object.entries(documents)) await writeFile(join(folder, `${name}.json`), text);
    return folder;
  }

  /** Starts the production process like `npm run start:prod`, with metrics and audit. */
  tokenService(credentialFolder: string, nodeArguments: readonly string[] = []): Child {
    const source = { CREDENTIAL_SOURCE: 'files', CREDENTIAL_DIR: credentialFolder };
    return this.tokenServiceOn(source, nodeArguments);
  }

  /** Starts the production process with the credential source in these environment variables. */
  tokenServiceOn(source: Readonly<Record<string, string>>, nodeArguments: readonly string[] = []): Child {
    return this.#keep(
      new Child(built('token-service'), {
        nodeArguments: ['--enable-source-maps', ...nodeArguments],
        env: {
          HOST: '127.0.0.1',
          PORT: '0',
          CALLERS_FILE: join(this.#folder, 'callers.yaml'),
          IMS_ALLOWED_ORIGINS: this.imsOrigin,
          ...source,
        },
      }),
    );
  }

  /** Starts the baseline, a server of `node:http` only. */
  bareServer(answer: PreparedResponse, nodeArguments: readonly string[] = [], method = 'GET'): Child {
    const programArguments = [JSON.stringify(answer), method];
    return this.#keep(new Child(this.#bareServer, { nodeArguments, programArguments }));
  }

  /** Starts the baseline of long-polls. It answers all waiting requests on command. */
  bareLongPollServer(answer: PreparedResponse, nodeArguments: readonly string[] = []): Child {
    return this.#keep(
      new Child(this.#bareLongPollServer, { nodeArguments, programArguments: [JSON.stringify(answer)] }),
    );
  }

  /** Arguments of Node.js that load the probe. */
  get withProbe(): readonly string[] {
    return ['--expose-gc', '--import', pathToFileURL(this.#probe).href];
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()));
  }

  #keep(child: Child): Child {
    this.#children.push(child);
    return child;
  }
}
