import { CallersFile, type Caller } from '#libs/callers';
import {
  Clock,
  CurrentTokens,
  SourceReports,
  stateOf,
  TokenVendor,
  type CredentialState,
  type SourceReport,
} from '#libs/tokens';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { Tally } from '../http/tally.ts';
import { sourceView } from '../status/source-status.ts';
import { credentialView } from './credential-view.ts';
import type { EventStream } from './event-stream.ts';
import { Viewer, type Admission, type Shown } from './viewer.ts';

/** Changes within this time are sent as one event, so a thousand renewals are a handful of events. */
const GATHER_MS = 100;
const TICKS_PER_BEAT = 15;
/** How long a browser may take to receive the last event before the connection is closed. */
const CLOSE_TIMEOUT_MS = 1000;
/** The streams of one process. Each costs a connection and about 200 KiB. */
const MAX_VIEWERS = 128;
/** A caller may have this many for each one that is still free, so that some are left for other callers. */
const OF_CALLER_PER_FREE = 3;

/** What a caller may see of a report, as JSON. */
interface SourceText {
  readonly report: SourceReport | null;
  readonly text: string;
}

/** Sends every change of a credential to the open dashboards, as soon as this process knows of it. */
@Injectable()
export class DashboardFeed implements OnModuleInit, BeforeApplicationShutdown {
  readonly #tokens: CurrentTokens;
  readonly #vendor: TokenVendor;
  readonly #clock: Clock;
  readonly #shown: Shown;
  readonly #viewers = new Map<EventStream, Viewer>();
  readonly #ofCaller = new Tally<string>();
  /** Each credential as it was last sent, and its state then; empty while no dashboard is open. */
  readonly #texts = new Map<string, string>();
  readonly #states = new Map<string, CredentialState>();
  readonly #changed = new Set<string>();
  readonly #sources = new WeakMap<Caller, SourceText>();
  #stopListening: (() => void) | null = null;
  #gathering: NodeJS.Timeout | null = null;
  #ticks = 0;
  #isClosed = false;

  constructor(
    @Inject(CurrentTokens) tokens: CurrentTokens,
    @Inject(TokenVendor) vendor: TokenVendor,
    @Inject(Clock) clock: Clock,
    @Inject(CallersFile) callers: CallersFile,
    @Inject(SourceReports) sourceReports: SourceReports,
  ) {
    this.#tokens = tokens;
    this.#vendor = vendor;
    this.#clock = clock;
    this.#shown = {
      names: () => this.#texts.keys(),
      text: (name) => this.#texts.get(name),
      callersFile: () => JSON.stringify(callers.health),
      source: (caller) => this.#sourceText(caller, sourceReports.latest),
      now: () => clock.now(),
    };
  }

  onModuleInit(): void {
    this.#stopListening = this.#tokens.onChange((name) => this.#note(name));
  }

  /** Whether one more dashboard of this caller may open. */
  hasRoomFor(caller: string): boolean {
    const free = MAX_VIEWERS - this.#viewers.size;
    return !this.#isClosed && this.#ofCaller.get(caller) < OF_CALLER_PER_FREE * free;
  }

  /** Sends everything, and then each change, while the browser stays and its caller may see it. */
  add(stream: EventStream, caller: string, admit: () => Promise<Admission>): void {
    if (this.#viewers.size === 0) for (const { name } of this.#tokens.all()) this.#update(name);
    const viewer = new Viewer(stream, admit, this.#shown);
    this.#viewers.set(stream, viewer);
    this.#ofCaller.add(caller, 1);
    void stream.closed.then(() => this.#remove(stream, caller));
    viewer.update();
  }

  /** Finds states that changed with time, and viewers whose caller may not look any more. */
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
      else viewer.update();
    }
  }

  /**
   * Closes the streams, which would delay the shutdown. The browsers reconnect, and reach another process.
   */
  beforeApplicationShutdown(): void {
    this.#isClosed = true;
    this.#stopListening?.();
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    for (const stream of this.#viewers.keys()) {
      stream.end();
      setTimeout(() => stream.cut(), CLOSE_TIMEOUT_MS).unref();
    }
  }

  #note(name: string): void {
    if (this.#viewers.size === 0) return;
    this.#changed.add(name);
    this.#gathering ??= setTimeout(() => this.#send(), GATHER_MS);
  }

  #send(): void {
    this.#gathering = null;
    const changed = [...this.#changed].filter((name) => this.#update(name));
    this.#changed.clear();
    if (changed.length > 0) for (const viewer of this.#viewers.values()) viewer.noteChanges(changed);
  }

  /** Every viewer asks each second, and reports rarely change. */
  #sourceText(caller: Caller, report: SourceReport | null): string {
    const known = this.#sources.get(caller);
    if (known?.report === report) return known.text;
    const text = JSON.stringify(sourceView(report, caller));
    this.#sources.set(caller, { report, text });
    return text;
  }

  /** Returns whether the view of a credential has changed. */
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

  #remove(stream: EventStream, caller: string): void {
    this.#ofCaller.add(caller, -1);
    this.#viewers.delete(stream);
    if (this.#viewers.size > 0) return;
    this.#texts.clear();
    this.#states.clear();
  }
}
