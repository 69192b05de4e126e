import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { parseDockerfile, type Stage } from './dockerfile.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
const LIMIT_MS = 600_000;
/** What only an engine can do, and what shows in no file. */
const WITHOUT_FILES = new Set(['LABEL', 'USER', 'EXPOSE', 'STOPSIGNAL', 'HEALTHCHECK', 'CMD']);

/** What the Dockerfile's own steps leave behind, in a folder in place of the image's root. */
export interface ImageFolder {
  /** The last stage as it is written. */
  readonly stage: Stage;
  /** Where its WORKDIR is. */
  readonly workdir: string;
  /** The image's environment, with this machine's Node in place of the image's. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Runs every COPY and RUN of the Dockerfile; one it does not know is an error. */
export async function buildImageFolder(): Promise<ImageFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'image-'));
  const stages = parseDockerfile(await readFile(join(root, 'Dockerfile'), 'utf8'));
  let last: Built | undefined;
  for (const stage of stages) last = await buildStage(folder, stage);
  const stage = stages.at(-1);
  if (last === undefined || stage === undefined) throw new Error('the Dockerfile has no stage');
  return { ...last, stage, remove: () => rm(folder, { recursive: true }) };
}

type Built = Pick<ImageFolder, 'workdir' | 'env'>;

async function buildStage(folder: string, stage: Stage): Promise<Built> {
  const at = join(folder, stage.name === '' ? 'image' : stage.name);
  let workdir = at;
  const env: Record<string, string> = {
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
  };
  for (const { name, flags, rest } of stage.instructions) {
    if (name === 'WORKDIR') {
      workdir = join(at, rest);
      await mkdir(workdir, { recursive: true });
    } else if (name === 'ENV') {
      const [, key = '', value = ''] = /^(\w+)=(\S+)$/.exec(rest) ?? [];
      env[key] = value.replace(/^(?=\/)/, at).replace('$PATH', env['PATH'] ?? '');
    } else if (name === 'COPY') {
      const { from } = flags;
      await copy(from === undefined ? root : join(folder, from), rest.split(/\s+/), workdir);
    } else if (name === 'RUN') {
      // The steps reach the registry as this machine does: by its proxy, its certificates, its npm settings.
      const { NODE_ENV: _, ...machine } = process.env;
      await run('sh', ['-c', rest], { cwd: workdir, env: { ...machine, ...env }, timeout: LIMIT_MS });
    } else if (!WITHOUT_FILES.has(name)) {
      throw new Error(`what does ${name} do to an image?`);
    }
  }
  return { workdir, env };
}

/** As Docker does: into a folder where the target says so, otherwise under the target's name. */
async function copy(from: string, paths: readonly string[], workdir: string): Promise<void> {
  const target = paths.at(-1) ?? '';
  for (const source of paths.slice(0, -1)) {
    const to = target.endsWith('/') ? join(workdir, target, basename(source)) : join(workdir, target);
    await cp(join(from, source), to, { recursive: true });
  }
}
