import type { CredentialName, TokenEvent } from '#libs/tokens';

import type { Replica } from '../replica.ts';
import { LIFE } from '../simulated-ims.ts';
import type { World } from '../world.ts';
import { CausedExchanges } from './caused-exchanges.ts';
import type { Rule } from './rule.ts';

/** Renewal at half-life less a tenth, less what clocks may be off and an exchange may take. */
const WINDOW = 0.39 * LIFE;
/** What went wrong this long before an exchange may have led to it. */
const SHORTLY = 60_000;

/** A removal that the store has lost still blocks low generations, until there is a higher one. */
const STORE_MEMORY = LIFE;

type Minted = Extract<TokenEvent, { type: 'token.minted' }>;

interface Success {
  readonly version: string;
  readonly at: number;
  readonly replica: Replica;
  /** A caller reported the token before as rejected. */
  readonly isCaused: boolean;
  isExcused: boolean;
}

/**
 * One successful exchange for each credential and refresh window, and one more for each lease outlived.
 * Replicas without the store or with a wrong clock have a budget of their own.
 */
export class OneExchangeAWindow implements Rule {
  readonly #world: World;
  readonly #caused = new CausedExchanges();
  readonly #successes = new Map<CredentialName, Success[]>();
  readonly #outlivedUsed = new Map<CredentialName, number>();

  constructor(world: World) {
    this.#world = world;
    world.listen((replica, event) => {
      const isCaused = this.#caused.hear(replica, event);
      if (event.type === 'token.minted') this.#add(replica, event, isCaused);
    });
  }

  check(): void {
    // Everything is looked at as it happens.
  }

  /** @param isCaused by callers: the rule for these is another */
  #add(replica: Replica, { name, version, token }: Minted, isCaused: boolean): void {
    const { schedule, ims, source } = this.#world;
    const at = ims.issued(token)?.at ?? schedule.now;
    const known = this.#successes.get(name) ?? [];
    const own = { version, at, replica, isCaused, isExcused: isCaused };
    this.#successes.set(name, [...known, own]);
    // A process that has not read of a new version yet still mints with the old one.
    if (isCaused || source.get(name)?.version !== version) return;
    for (const other of neighbours(known, own).filter((each) => Math.abs(each.at - at) < WINDOW)) {
      if (other.isExcused || this.#isExcused(own, other, name)) {
        own.isExcused = true;
        continue;
      }
      const apart = Math.abs(other.at - at) / 1_000;
      schedule.violate(`${replica.incarnation.id} exchanged ${name} ${apart} s from another exchange`);
    }
  }

  #isExcused(own: Success, other: Success, name: CredentialName): boolean {
    const since = Math.min(own.at, other.at) - SHORTLY;
    if (this.#world.lostAt >= since - STORE_MEMORY) return true;
    const removedAt = this.#world.store.removedAt.get(name) ?? -1;
    // The token of the one was taken out of the store before the other.
    if (removedAt >= Math.min(own.at, other.at)) return true;
    // A process that remembers a removal the store has lost must not trust the low generations in the store.
    if (removedAt >= 0 && this.#world.lostAt >= removedAt) return true;
    // A process without the store, or with a wrong clock, may also have pushed another version in between.
    const between = (this.#successes.get(name) ?? []).filter(({ at }) => at >= Math.min(own.at, other.at));
    const isBefallen = ({ replica }: Success): boolean =>
      replica.wasAloneSince(since) || replica.wasSkewedSince(since);
    if (between.some(isBefallen)) return true;
    // A process that replaced a rejected token while the source was down used the version that it knew.
    if (between.some(({ isCaused, version }) => isCaused && version !== own.version)) return true;
    const used = this.#outlivedUsed.get(name) ?? 0;
    const outlived = this.#world.store.outlived.get(name) ?? [];
    if ((outlived[used] ?? -1) < since) {
      const next = outlived.findIndex((each, index) => index >= used && each >= since);
      if (next === -1) return false;
      this.#outlivedUsed.set(name, next + 1);
      return true;
    }
    this.#outlivedUsed.set(name, used + 1);
    return true;
  }
}

/** The last exchange before and the first one after: the cause, and what it should have prevented. */
function neighbours(successes: readonly Success[], { version, at }: Success): Success[] {
  const same = successes.filter((each) => each.version === version);
  const before = same.filter((each) => each.at <= at).reduce(later, null);
  const after = same.filter((each) => each.at > at).reduce(earlier, null);
  return [before, after].filter((each) => each !== null);
}

const later = (one: Success | null, other: Success): Success =>
  one !== null && one.at > other.at ? one : other;
const earlier = (one: Success | null, other: Success): Success =>
  one !== null && one.at < other.at ? one : other;
