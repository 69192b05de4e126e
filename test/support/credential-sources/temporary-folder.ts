import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { errorCode } from '#libs/tokens';

/** A folder of credentials that is removed at the end of its scope (`await using`). */
export class TemporaryFolder implements AsyncDisposable {
  readonly #parent: string;
  readonly path: string;

  private constructor(parent: string) {
    this.#parent = parent;
    this.path = join(parent, 'credentials');
  }

  static async make(): Promise<TemporaryFolder> {
    const folder = new TemporaryFolder(await mkdtemp(join(tmpdir(), 'credentials-')));
    await mkdir(folder.path);
    return folder;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file in place: text unchanged, another value as JSON. */
  async write(name: string, content: unknown): Promise<void> {
    await writeFile(this.file(name), typeof content === 'string' ? content : JSON.stringify(content));
  }

  /** Mounts files like Kubernetes: `NAME → ..data/NAME`, and `..data →` a folder that one rename replaces. */
  async mount(revision: string, files: Readonly<Record<string, unknown>>): Promise<void> {
    await mkdir(this.file(`..${revision}`));
    for (const [name, content] of Object.entries(files)) await this.write(`..${revision}/${name}`, content);
    await symlink(`..${revision}`, this.file('..data_tmp'));
    await rename(this.file('..data_tmp'), this.file('..data'));
    for (const name of Object.keys(files)) {
      await symlink(`..data/${name}`, this.file(name)).catch(ignoreExisting);
    }
  }

  /** Removes the folder, like an unmounted volume. */
  async vanish(): Promise<void> {
    await rm(this.path, { recursive: true });
  }

  async reappear(): Promise<void> {
    await mkdir(this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#parent, { recursive: true, force: true });
  }
}

function ignoreExisting(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error;
}
