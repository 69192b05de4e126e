import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stateRecord, type StateRecord, type StoredState } from './state-record.ts';

/** Thrown if the state folder cannot be used. The message names the remedy. */
export class StateFileError extends Error {}

/** One JSON file that is replaced as a whole, so a crash leaves either the old state or the new one. */
export class StateFile {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = join(folder, 'ims-sandbox.json');
  }

  async read(): Promise<StateRecord | undefined> {
    const text = await this.#text();
    if (text === undefined) return undefined;
    try {
      return stateRecord.parse(JSON.parse(text));
    } catch (cause) {
      throw new StateFileError(
        `${this.#path} is not a state this version can read. Move it away to start with no accounts.`,
        { cause },
      );
    }
  }

  async write(state: StoredState): Promise<void> {
    const draft = `${this.#path}.${randomUUID()}.tmp`;
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(state, undefined, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, this.#path);
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => undefined);
      throw new StateFileError(
        `The state folder ${this.#folder} cannot be written. Check IMS_SANDBOX_STATE.`,
        { cause },
      );
    }
  }

  async #text(): Promise<string | undefined> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      return await readFile(this.#path, 'utf8');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
      throw new StateFileError(
        `The state folder ${this.#folder} cannot be read or created. Check IMS_SANDBOX_STATE.`,
        {
          cause,
        },
      );
    }
  }
}
