import type { Caller } from '#libs/callers';

import type { EventStream } from './event-stream.ts';

/** Who looks, as the callers file says now; or why nobody does any more. */
export type Admission =
  | { readonly caller: Caller }
  | { readonly caller: null; readonly status: 401 | 403; readonly detail: string };

/** Where a viewer's events go. */
export type ViewerStream = Pick<EventStream, 'send' | 'beat' | 'end' | 'cut' | 'isOpen'>;

/** Everything a viewer may be shown. */
export interface Shown {
  /** The names of all credentials. */
  names(): Iterable<string>;
  /** A credential as JSON; undefined where there is none of that name. */
  text(name: string): string | undefined;
  /** How the callers file is doing, as JSON. */
  callersFile(): string;
  now(): number;
}

/**
 * One browser that looks on. It is shown only what its caller may see at that moment; while it has not taken the last
 * event, changes wait as mere names, so that a slow one costs no memory and catches up in one step.
 */
export class Viewer {
  readonly #stream: ViewerStream;
  readonly #admit: () => Promise<Admission>;
  readonly #shown: Shown;
  readonly #changed = new Set<string>();
  #caller: Caller | null = null;
  #callersFile = '';
  #pumping: Promise<void> | null = null;
  #beatsMissed = 0;

  constructor(stream: ViewerStream, admit: () => Promise<Admission>, shown: Shown) {
    this.#stream = stream;
    this.#admit = admit;
    this.#shown = shown;
  }

  /** Tells it of credentials that changed. */
  tell(names: Iterable<string>): void {
    for (const name of names) this.#changed.add(name);
    this.look();
  }

  /** Sends what it does not know yet, unless it is busy with that; ends the stream if it may not look any more. */
  look(): void {
    this.#pumping ??= this.#pump().finally(() => (this.#pumping = null));
  }

  /** Shows that the line is up. Who did not take an event from one beat to the next is cut off. */
  beat(): void {
    if (this.#pumping === null) {
      this.#beatsMissed = 0;
      this.#pumping = this.#stream.beat().finally(() => (this.#pumping = null));
      return;
    }
    this.#beatsMissed += 1;
    if (this.#beatsMissed > 1) this.#stream.cut();
  }

  async #pump(): Promise<void> {
    do {
      const admission = await this.#admit();
      if (admission.caller === null) {
        const { status, detail } = admission;
        await this.#stream.send('refused', JSON.stringify({ status, detail }));
        this.#stream.end();
        return;
      }
      await this.#send(admission.caller);
    } while (this.#stream.isOpen && this.#changed.size > 0);
  }

  async #send(caller: Caller): Promise<void> {
    const callersFile = this.#shown.callersFile();
    // The registry makes new callers whenever the file changes: what this one may see may have changed as well.
    if (caller !== this.#caller) {
      this.#caller = caller;
      this.#callersFile = callersFile;
      this.#changed.clear();
      const head = `"now":${this.#shown.now()},"caller":${JSON.stringify(caller.name)},"callers_file":${callersFile}`;
      await this.#stream.send(
        'snapshot',
        `{${head},"credentials":[${this.#texts(this.#shown.names()).join()}]}`,
      );
      return;
    }
    if (callersFile !== this.#callersFile) {
      this.#callersFile = callersFile;
      await this.#stream.send('callers-file', callersFile);
    }
    const names = [...this.#changed].filter((name) => caller.maySeeStatusOf(name));
    this.#changed.clear();
    if (names.length === 0) return;
    const removed = names.filter((name) => this.#shown.text(name) === undefined);
    const data = `{"now":${this.#shown.now()},"credentials":[${this.#texts(names).join()}],"removed":${JSON.stringify(removed)}}`;
    await this.#stream.send('changes', data);
  }

  #texts(names: Iterable<string>): string[] {
    return [...names].flatMap((name) => {
      const text = this.#caller?.maySeeStatusOf(name) === true ? this.#shown.text(name) : undefined;
      return text === undefined ? [] : [text];
    });
  }
}
