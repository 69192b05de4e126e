import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
/** Hides the AWS configuration of the machine that runs the tests from the SDK. */
const NO_AWS = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. Default: empty. */
  readonly input?: string;
}

/** Runs the real program without a terminal, and keeps all its output. */
export class ImsToken {
  #written = '';

  async run(args: readonly string[], { env = {}, input = '' }: RunOptions = {}): Promise<Ended> {
    const child = spawn(process.execPath, ['--conditions=source', MAIN, ...args], {
      env: { ...NO_AWS, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    // The program may end before it reads all of its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (`${stdout}${stderr}`.includes('\u001B')) throw new Error('It printed colour without a terminal.');
    this.#written += stdout + stderr;
    return { code, stdout, stderr };
  }

  /** Runs the program with `--json` and returns the JSON that it printed. */
  async json(args: readonly string[], options?: RunOptions): Promise<{ code: number | null; answer: Json }> {
    const { code, stdout } = await this.run([...args, '--json'], options);
    return { code, answer: JSON.parse(stdout) as Json };
  }

  /** The names of the secrets of these documents that any run printed. */
  leaksOf(...documents: readonly string[]): string[] {
    const secrets = documents.flatMap((document) => secretsIn(JSON.parse(document)));
    if (secrets.length === 0 || this.#written === '')
      throw new Error('The documents have no secret, or no run printed anything.');
    return secrets.filter(({ value }) => this.#written.includes(value)).map(({ name }) => name);
  }
}

type Json = Record<string, unknown>;

interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

/**
 * All values that are secret by their name. A PEM counts by its longest line, which survives reformatting.
 */
function secretsIn(value: unknown, name = ''): NamedSecret[] {
  if (typeof value === 'string') {
    return /secret|privateKey|accessToken/i.test(name) ? [{ name, value: longestLine(value) }] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, key));
}

const longestLine = (text: string): string =>
  text.split(/\r?\n/).reduce((longest, line) => (line.length > longest.length ? line : longest), '');
