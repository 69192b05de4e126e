import type { Caller } from '#libs/callers';

import type { EventStream } from './event-stream.ts';

/** The viewing caller, as the callers file has it now; or why the view ends. */
export type Admission =
  { readonly caller: Caller } | { readonly caller: null; readonly status: number; readonly detail: string };

/** Where a viewer's events go. */
export type ViewerStream = Pick<EventStream, 'send' | 'beat' | 'end' | 'cut' | 'isOpen'>;

/** Everything that a viewer may see. */
export interface Shown {
  /** The names of all credentials. */
  names(): Iterable<string>;
  /** A credential as JSON; undefined where there is none of that name. */
  text(name: string): string | undefined;
  /** The health of the callers file, as JSON. */
  callersFile(): string;
  /** What this caller may see of the credential source, as JSON. */
  source(caller: Caller): string;
  now(): number;
}

/**
 * One open dashboard. It gets only what its caller may see at that moment. Until it has received the last
 * event, changes wait as names only, so that a slow browser costs no memory and catches up with one event.
 */
export class Viewer {
  readonly #stream: ViewerStream;
  readonly #admit: () => Promise<Admission>;
  readonly #shown: Shown;
  readonly #changed = new Set<string>();
  #caller: Caller | null = null;
  #callersFile = '';
  #source = '';
  #sending: Promise<void> | null = null;
  #beatsMissed = 0;

  constructor(stream: ViewerStream, admit: () => Promise<Admission>, shown: Shown) {
    this.#stream = stream;
    this.#admit = admit;
    this.#shown = shown;
  }

  /** Notes credentials that changed, and sends them. */
  noteChanges(names: Iterable<string>): void {
    for (const name of names) this.#changed.add(name);
    this.update();
  }

  /**
   * Sends pending changes, unless it is sending already. Ends the stream where the caller may not look any
   * more.
   */
  update(): void {
    this.#sending ??= this.#sendAll().finally(() => (this.#sending = null));
  }

  /** Sends a heartbeat. A browser that receives no event between two heartbeats is disconnected. */
  beat(): void {
    if (this.#sending === null) {
      this.#beatsMissed = 0;
      this.#sending = this.#stream.beat().finally(() => (this.#sending = null));
      return;
    }
    this.#beatsMissed += 1;
    if (this.#beatsMissed > 1) this.#stream.cut();
  }

  async #sendAll(): Promise<void> {
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
    const source = this.#shown.source(caller);
    // A new version of the callers file has new Caller objects, and perhaps other permissions for this
    // caller.
    if (caller !== this.#caller) {
      this.#caller = caller;
      this.#callersFile = callersFile;
      this.#source = source;
      this.#changed.clear();
      const head = `"now":${this.#shown.now()},"caller":${JSON.stringify(caller.name)},"callers_file":${callersFile},"source":${source}`;
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
    if (source !== this.#source) {
      this.#source = source;
      await this.#stream.send('source', source);
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
