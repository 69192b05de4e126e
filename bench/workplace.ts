import { hash } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { Child } from './child.ts';
import { removeAtTheEnd } from './leftovers.ts';
import { plainJavaScript } from './plain-javascript.ts';
import type { BareAnswer } from './programs/bare-server.ts';

const CALLER_KEY = 'the-key-of-the-benchmark';
const CALLERS = `callers:
  - name: bench
    apiKeySha256: ["${hash('sha256', CALLER_KEY, 'hex')}"]
    tokens: ["*"]
    permissions: [read, status]
`;

/** How every caller of the benchmarks proves who it is. */
export const AUTHORIZATION = { authorization: `Bearer ${CALLER_KEY}` };

const built = (app: string): string =>
  fileURLToPath(new URL(`../dist/apps/${app}/src/main.js`, import.meta.url));

/** Paths of the programs that are measured or do the measuring, as JavaScript. */
interface Programs {
  readonly probe: string;
  readonly bareServer: string;
  readonly bareHolder: string;
}

/** A temporary folder, an IMS sandbox in a process of its own, and the servers that are measured. */
export class Workplace {
  readonly imsOrigin: string;
  readonly #folder: string;
  readonly #probe: string;
  readonly #bareServer: string;
  readonly #bareHolder: string;
  readonly #children: Child[];
  #folders = 0;

  private constructor(folder: string, programs: Programs, sandbox: Child, imsOrigin: string) {
    this.imsOrigin = imsOrigin;
    this.#folder = folder;
    this.#probe = programs.probe;
    this.#bareServer = programs.bareServer;
    this.#bareHolder = programs.bareHolder;
    this.#children = [sandbox];
  }

  static async open(): Promise<Workplace> {
    const folder = await mkdtemp(join(tmpdir(), 'ims-token-bench-'));
    removeAtTheEnd(folder);
    await writeFile(join(folder, 'callers.yaml'), CALLERS);
    const programs = ['probe', 'bare-server', 'bare-holder'].map((name) =>
      plainJavaScript(new URL(`programs/${name}.ts`, import.meta.url), folder),
    );
    const [probe = '', bareServer = '', bareHolder = ''] = await Promise.all(programs);
    const sandbox = new Child(built('ims-sandbox'), {
      nodeArguments: ['--import', pathToFileURL(probe).href],
      env: { IMS_SANDBOX_PORT: '0' },
    });
    return new Workplace(folder, { probe, bareServer, bareHolder }, sandbox, await sandbox.listening());
  }

  /** One more in the callers file of the services started from now on, in YAML's flow style. */
  addCaller(entry: string): Promise<void> {
    return appendFile(join(this.#folder, 'callers.yaml'), `  - ${entry}\n`);
  }

  /** A document as Adobe hands it out: of a new account of the sandbox, or one more of an account it has. */
  async makeCredential(kind: 'jwt' | 'oauth', clientId?: string): Promise<string> {
    const answer = await fetch(`${this.imsOrigin}/sandbox/credentials`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind, clientId }),
    });
    if (answer.status !== 201) throw new Error(`the sandbox made no credential (HTTP ${answer.status})`);
    return answer.text();
  }

  /** A folder of credentials, each under its name. */
  async credentialFolder(documents: Readonly<Record<string, string>>): Promise<string> {
    this.#folders += 1;
    const folder = join(this.#folder, `credentials-${this.#folders}`);
    await mkdir(folder);
    for (const [name, text] of Object.entries(documents)) await writeFile(join(folder, `${name}.json`), text);
    return folder;
  }

  /** The production process as `npm run start:prod` runs it: metrics and audit on. */
  tokenService(credentialFolder: string, nodeArguments: readonly string[] = []): Child {
    const source = { CREDENTIAL_SOURCE: 'files', CREDENTIAL_DIR: credentialFolder };
    return this.tokenServiceOn(source, nodeArguments);
  }

  /** The same, on the credential source that these variables of its environment tell. */
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

  /** The baseline: `node:http` and nothing else. */
  bareServer(answer: BareAnswer, nodeArguments: readonly string[] = [], method = 'GET'): Child {
    const programArguments = [JSON.stringify(answer), method];
    return this.#keep(new Child(this.#bareServer, { nodeArguments, programArguments }));
  }

  /** The baseline of callers that wait: holds every request until told to answer. */
  bareHolder(answer: BareAnswer, nodeArguments: readonly string[] = []): Child {
    return this.#keep(
      new Child(this.#bareHolder, { nodeArguments, programArguments: [JSON.stringify(answer)] }),
    );
  }

  /** Arguments that make a process answer questions about itself. */
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
