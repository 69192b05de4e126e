import { CallersFile } from '#libs/callers';
import { Clock, CurrentTokens, stateOf, TokenVendor, type CredentialState } from '#libs/tokens';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { credentialView } from './credential-view.ts';
import type { EventStream } from './event-stream.ts';
import { Viewer, type Admission, type Shown } from './viewer.ts';

/** Changes within this time travel together: a thousand renewals at once are a handful of events. */
const GATHER_MS = 100;
const TICKS_PER_BEAT = 15;
/** What a browser gets to take the last event before it is cut off. */
const CLOSE_TIMEOUT_MS = 1000;
/** One process's streams: each costs a connection and some 200 KiB. */
const MAX_VIEWERS = 128;

/** What the dashboard's pages are told of: every change of every credential, as soon as this process knows of it. */
@Injectable()
export class DashboardFeed implements BeforeApplicationShutdown {
  readonly #tokens: CurrentTokens;
  readonly #vendor: TokenVendor;
  readonly #clock: Clock;
  readonly #shown: Shown;
  readonly #viewers = new Map<EventStream, Viewer>();
  /** Each credential as it was last shown, and its state then; empty while nobody looks. */
  readonly #texts = new Map<string, string>();
  readonly #states = new Map<string, CredentialState>();
  readonly #changed = new Set<string>();
  readonly #stopListening: () => void;
  #gathering: NodeJS.Timeout | null = null;
  #ticks = 0;
  #isClosed = false;

  constructor(
    @Inject(CurrentTokens) tokens: CurrentTokens,
    @Inject(TokenVendor) vendor: TokenVendor,
    @Inject(Clock) clock: Clock,
    @Inject(CallersFile) callers: CallersFile,
  ) {
    this.#tokens = tokens;
    this.#vendor = vendor;
    this.#clock = clock;
    this.#shown = {
      names: () => this.#texts.keys(),
      text: (name) => this.#texts.get(name),
      callersFile: () => JSON.stringify(callers.health),
      now: () => clock.now(),
    };
    this.#stopListening = tokens.onChange((name) => this.#note(name));
  }

  /** Whether one more may look. */
  get hasRoom(): boolean {
    return !this.#isClosed && this.#viewers.size < MAX_VIEWERS;
  }

  /** Shows everything, and then every change, for as long as the browser stays and its caller may see it. */
  add(stream: EventStream, admit: () => Promise<Admission>): void {
    if (this.#viewers.size === 0) for (const { name } of this.#tokens.all()) this.#update(name);
    const viewer = new Viewer(stream, admit, this.#shown);
    this.#viewers.set(stream, viewer);
    void stream.closed.then(() => this.#remove(stream));
    viewer.look();
  }

  /** Finds what changed by the mere passing of time, and who may not look any more. */
  @Interval(1_000)
  tick(): void {
    if (this.#viewers.size === 0) return;
    this.#ticks += 1;
    for (const entry of this.#tokens.all()) {
      if (this.#states.get(entry.name) !== stateOf(entry, this.#vendor)) this.#note(entry.name);
    }
    const isBeat = this.#ticks % TICKS_PER_BEAT === 0;
    for (const viewer of this.#viewers.values()) {
      if (isBeat) viewer.beat();
      else viewer.look();
    }
  }

  /** Lets browsers go, so that they hold up no hand-over; they come back to whoever listens then. */
  beforeApplicationShutdown(): void {
    this.#isClosed = true;
    this.#stopListening();
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    for (const stream of this.#viewers.keys()) {
      stream.end();
      setTimeout(() => stream.cut(), CLOSE_TIMEOUT_MS).unref();
    }
  }

  #note(name: string): void {
    if (this.#viewers.size === 0) return;
    this.#changed.add(name);
    this.#gathering ??= setTimeout(() => this.#spread(), GATHER_MS);
  }

  #spread(): void {
    this.#gathering = null;
    const news = [...this.#changed].filter((name) => this.#update(name));
    this.#changed.clear();
    if (news.length > 0) for (const viewer of this.#viewers.values()) viewer.tell(news);
  }

  /** Says whether there is anything new to show of a credential. */
  #update(name: string): boolean {
    const entry = this.#tokens.get(name);
    if (entry === undefined) {
      this.#states.delete(name);
      return this.#texts.delete(name);
    }
    const view = credentialView(entry, this.#vendor, this.#clock);
    const text = JSON.stringify(view);
    this.#states.set(name, view.state);
    if (this.#texts.get(name) === text) return false;
    this.#texts.set(name, text);
    return true;
  }

  #remove(stream: EventStream): void {
    this.#viewers.delete(stream);
    if (this.#viewers.size > 0) return;
    this.#texts.clear();
    this.#states.clear();
  }
}
