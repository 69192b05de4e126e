import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { withDeadlineOr } from '../model/deadline.ts';
import { SingleFlight } from '../model/single-flight.ts';
import { millis } from '../model/units.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { NoToken, TokenVendor } from '../serving/token-vendor.ts';
import type { PeerSync } from './peer-sync.ts';
import type { StoreLink } from './store-link.ts';
import type { StoreSync } from './store-sync.ts';

/** The longest time that a request waits for a token that this process does not have. */
const MAX_SEARCH = millis(1_000);
/** How long the store is waited for before the peers are asked: one that works answers sooner. */
const STORE_FIRST = millis(250);
/** Store and peers are asked for the same token at most once in this time, however many requests miss it. */
const MIN_INTERVAL = 1_000;

interface MissingTokensParts {
  readonly tokens: CurrentTokens;
  readonly link: StoreLink;
  readonly sync: StoreSync;
  readonly peerSync: PeerSync;
  readonly vendor: TokenVendor;
  readonly clock: Clock;
}

/**
 * Looks for a token that this process cannot vend and other processes may have: asks the store at once,
 * then the peers, and waits for a refresh that runs here. The vend of a token that is there never comes here.
 */
export class MissingTokens {
  readonly #parts: MissingTokensParts;
  readonly #searches = new SingleFlight<CredentialName, void>();
  readonly #askedAt = new Map<CredentialName, number>();
  #refreshOf: (name: CredentialName) => Promise<unknown> | undefined = () => undefined;

  constructor(parts: MissingTokensParts) {
    this.#parts = parts;
  }

  /** @param refreshOf the refresh of a credential that runs in this process; undefined where none does */
  alsoAwait(refreshOf: (name: CredentialName) => Promise<unknown> | undefined): void {
    this.#refreshOf = refreshOf;
  }

  /**
   * Starts or joins a search. Null where it cannot help: the outcome is another, or the store was asked just
   * now. The promise resolves within a second, whether there is a token then or not.
   * @param wanted the name as a caller sent it
   */
  search(wanted: string, { outcome }: Pick<NoToken, 'outcome'>): Promise<void> | null {
    if (outcome !== 'token_unavailable' && outcome !== 'token_expired') return null;
    const name = this.#parts.tokens.get(wanted)?.name;
    if (name === undefined) return null;
    const running = this.#searches.get(name);
    if (running !== undefined) return running;
    const isAskedAlready =
      this.#parts.clock.monotonic() - (this.#askedAt.get(name) ?? -Infinity) < MIN_INTERVAL;
    if (isAskedAlready && this.#refreshOf(name) === undefined) return null;
    return this.#searches.run(name, () =>
      withDeadlineOr(MAX_SEARCH, this.#search(name, !isAskedAlready), undefined),
    );
  }

  async #search(name: CredentialName, mayAsk: boolean): Promise<void> {
    if (mayAsk) {
      this.#askedAt.set(name, this.#parts.clock.monotonic());
      await this.#ask(name);
    }
    if (this.#isMissing(name)) await this.#refreshOf(name);
  }

  /** The deadline of the store is longer than a search, so the peers are asked before it ends. */
  async #ask(name: CredentialName): Promise<void> {
    const { link, sync, peerSync } = this.#parts;
    const caughtUp = sync.catchUp(name);
    if (!link.isDown) await withDeadlineOr(STORE_FIRST, caughtUp, undefined);
    if (this.#isMissing(name)) await peerSync.pull(name);
    if (this.#isMissing(name)) await caughtUp;
  }

  #isMissing(name: CredentialName): boolean {
    return this.#parts.vendor.vend(name).outcome !== 'vended';
  }
}
