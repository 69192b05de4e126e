import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { withDeadlineOr } from '../model/deadline.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { RefreshPolicy } from '../model/refresh-policy.ts';
import { SingleFlight } from '../model/single-flight.ts';
import { millis, type Millis } from '../model/units.ts';
import { MAX_KNOWN, type PeerAnswer, type PeerRequest, type Peers } from '../ports/peers.ts';
import type { CredentialEntry, CurrentTokens } from '../serving/current-tokens.ts';
import type { StoreLink } from './store-link.ts';
import type { StoreSync } from './store-sync.ts';

/** How often peers are asked for everything while the store is down. */
const EVERY_WHILE_DOWN = 2_000;
/** How often peers are asked for overdue tokens while the store answers, as when it refuses writes. */
const EVERY_WHILE_UP = 5_000;
/** Longer than the deadline of any adapter. */
const PEERS_TIMEOUT = millis(3_000);
/** Bounds one round: enough for 10,000 credentials. */
const MAX_REQUESTS = 200;
/** The part of a lifetime after which a due token is overdue: a renewal takes far less. */
const OVERDUE = 1 / 50;

interface PeerSyncParts {
  readonly peers: Peers | null;
  readonly sync: StoreSync;
  readonly tokens: CurrentTokens;
  readonly link: StoreLink;
  readonly refreshPolicy: RefreshPolicy;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/**
 * Gets tokens and removals from the other processes while the store does not carry them. No method rejects.
 * A request waits for it for a second at most, and only where this process has no token for it.
 */
export class PeerSync {
  readonly #parts: PeerSyncParts;
  readonly #rounds = new SingleFlight<'round' | CredentialName, void>();
  #lastRound: Millis | null = null;

  constructor(parts: PeerSyncParts) {
    this.#parts = parts;
  }

  /** Asks the peers if the store is down, or if tokens are overdue. Called about once a second. */
  async tick(): Promise<void> {
    const { peers, link, clock } = this.#parts;
    if (peers === null) return;
    const every = link.isDown ? EVERY_WHILE_DOWN : EVERY_WHILE_UP;
    if (this.#lastRound !== null && clock.monotonic() - this.#lastRound < every) return;
    const wanted = link.isDown ? [] : this.#overdue();
    if (!link.isDown && wanted.length === 0) return;
    await this.#rounds.run('round', async () => {
      if (link.isDown) await this.#askForAll(peers);
      else await this.#askFor(peers, wanted);
      this.#lastRound = clock.monotonic();
    });
  }

  /** Asks the peers for a newer token of one credential, before it is asked of IMS. */
  async pull(name: CredentialName): Promise<void> {
    const { peers } = this.#parts;
    if (peers !== null) await this.#rounds.run(name, () => this.#askFor(peers, [name]));
  }

  #overdue(): CredentialName[] {
    const { tokens } = this.#parts;
    const overdue = tokens.all().filter((entry) => this.#isOverdue(entry));
    return overdue.slice(0, MAX_KNOWN).map(({ name }) => name);
  }

  #isOverdue({ cached, status }: CredentialEntry): boolean {
    const { refreshPolicy, clock } = this.#parts;
    if (status?.kind === 'local') return false;
    if (cached === null) return true;
    const { token } = cached;
    return refreshPolicy.untilDue(token, cached.remaining(clock)) < -OVERDUE * token.life;
  }

  async #askFor(peers: Peers, names: readonly CredentialName[]): Promise<void> {
    const { tokens } = this.#parts;
    const known = names.map((name) => [name, tokens.generationOf(name)] as const);
    this.#adopt(await answersOf(peers, { known, range: null }));
  }

  /** Goes through all names in order: a peer tells what it knows better of one part after the other. */
  async #askForAll(peers: Peers): Promise<void> {
    let after = '';
    let isComplete = true;
    for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
      const part = this.#knownAbove(after);
      const upTo = part.length < MAX_KNOWN ? null : (part.at(-1)?.[0] ?? null);
      const answers = await answersOf(peers, { known: part, range: { after, upTo } });
      const hasNews = this.#adopt(answers);
      if (hasNews && answers.some(({ isWhole }) => !isWhole)) continue;
      isComplete &&= answers.some(({ isWhole, knowsAll }) => isWhole && knowsAll);
      if (answers.length === 0) return;
      if (upTo === null) break;
      after = upTo;
    }
    if (isComplete) this.#parts.sync.notePeersCopy();
  }

  #knownAbove(after: string): (readonly [CredentialName, number])[] {
    const known = [...this.#parts.tokens.knowledge()].filter(({ name }) => name > after);
    const sorted = known.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    return sorted.slice(0, MAX_KNOWN).map(({ name, generation }) => [name, generation]);
  }

  /** Whether anything was new. */
  #adopt(answers: readonly PeerAnswer[]): boolean {
    const { sync, listener } = this.#parts;
    const adopted = answers.flatMap(({ news }) => news).filter((each) => sync.adoptFromPeer(each));
    if (adopted.length > 0) listener({ type: 'peers.adopted', count: adopted.length });
    return adopted.length > 0;
  }
}

/** The answers of the peers, or none where an adapter misses its own deadline. */
const answersOf = (peers: Peers, request: PeerRequest): Promise<readonly PeerAnswer[]> =>
  withDeadlineOr(PEERS_TIMEOUT, peers.ask(request), []);
