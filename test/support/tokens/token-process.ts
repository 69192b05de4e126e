import {
  createRefreshingSide,
  createServingSide,
  RefreshPolicy,
  seconds,
  ServePolicy,
  stateOf,
  type Clock,
  type CredentialSource,
  type CredentialState,
  type ImsClient,
  type RefreshingSide,
  type ServingSide,
  type Peers,
  type TokenCache,
  type TokenEvent,
  type TokenEventListener,
  type TokenStore,
} from '#libs/tokens';

interface Surroundings {
  readonly clock: Clock;
  readonly store: TokenStore;
  /** What its machine keeps from one process to the next; nothing where none is given. */
  readonly cache?: TokenCache;
  /** The other processes; none where none are given. */
  readonly peers?: Peers;
  readonly source: CredentialSource;
  readonly ims: ImsClient;
  readonly listener?: TokenEventListener;
  /** The jitter of back-offs; the middle of each where none is given. */
  readonly random?: () => number;
}

/** One process of the role `all`, composed as the service composes it. The test runs its schedule. */
export class TokenProcess
  implements
    Pick<ServingSide, 'tokens' | 'vendor' | 'sync' | 'missing' | 'peerSync' | 'answerPeer'>,
    RefreshingSide
{
  readonly events: TokenEvent[] = [];
  readonly tokens: ServingSide['tokens'];
  readonly vendor: ServingSide['vendor'];
  readonly sync: ServingSide['sync'];
  readonly missing: ServingSide['missing'];
  readonly peerSync: ServingSide['peerSync'];
  readonly answerPeer: ServingSide['answerPeer'];
  readonly plan: RefreshingSide['plan'];
  readonly refresher: RefreshingSide['refresher'];
  readonly replacement: RefreshingSide['replacement'];
  readonly revocation: RefreshingSide['revocation'];
  readonly trials: RefreshingSide['trials'];
  readonly certificates: RefreshingSide['certificates'];
  readonly #clock: Clock;

  constructor({ clock, store, cache, peers, source, ims, listener, random = () => 0.5 }: Surroundings) {
    const record: TokenEventListener = (event) => {
      this.events.push(event);
      listener?.(event);
    };
    const serving = createServingSide({
      store,
      cache: cache ?? null,
      peers: peers ?? null,
      clock,
      listener: record,
      servePolicy: new ServePolicy(seconds(60)),
      refreshPolicy: new RefreshPolicy(),
    });
    const refreshing = createRefreshingSide({ serving, source, ims, clock, random, listener: record });
    this.#clock = clock;
    this.tokens = serving.tokens;
    this.vendor = serving.vendor;
    this.sync = serving.sync;
    this.missing = serving.missing;
    this.peerSync = serving.peerSync;
    this.answerPeer = serving.answerPeer;
    this.plan = refreshing.plan;
    this.refresher = refreshing.refresher;
    this.replacement = refreshing.replacement;
    this.revocation = refreshing.revocation;
    this.trials = refreshing.trials;
    this.certificates = refreshing.certificates;
  }

  /** What a start does: store, source, then everything due. */
  async start(): Promise<void> {
    await this.sync.poll();
    await this.pollSource();
  }

  /** One poll of the source, and the refreshes that follow from it. */
  async pollSource(): Promise<void> {
    await this.refresher.syncWithSource();
    await this.refresh();
  }

  /** Starts what is due and waits for it. */
  async refresh(): Promise<void> {
    await Promise.all(this.refresher.refreshDue());
  }

  /** One second of a process's life without the clock: store, then everything due. */
  async tick(): Promise<void> {
    await this.sync.poll();
    await this.refresh();
  }

  served(name: string): string | null {
    const vended = this.vendor.vend(name);
    return vended.outcome === 'vended' ? vended.cached.token.reveal() : null;
  }

  state(name: string): CredentialState | null {
    const entry = this.tokens.get(name);
    return entry === undefined ? null : stateOf(entry, this.vendor);
  }

  remaining(name: string): number {
    return this.tokens.get(name)?.cached?.remaining(this.#clock) ?? 0;
  }

  /** How often an event of this type was heard. */
  heard(type: TokenEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }
}
