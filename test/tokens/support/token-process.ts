import {
  BackOff,
  CallerExchangeBudget,
  CertificateWatch,
  CredentialCatalog,
  CurrentTokens,
  StandaloneBudget,
  InFlightRefreshes,
  PendingTrials,
  RefreshPlan,
  RefreshPolicy,
  ExchangeLease,
  seconds,
  ServePolicy,
  stateOf,
  StoreSync,
  TokenMint,
  TokenRefresher,
  TokenRenewal,
  TokenReplacement,
  TokenRevocation,
  TokenVendor,
  type Clock,
  type CredentialSource,
  type CredentialState,
  type ImsClient,
  type TokenEvent,
  type TokenEventListener,
  type TokenStore,
} from '#libs/tokens';

interface Surroundings {
  readonly clock: Clock;
  readonly store: TokenStore;
  readonly source: CredentialSource;
  readonly ims: ImsClient;
  readonly listener?: TokenEventListener;
  /** Of back-offs; the middle of each where none is given. */
  readonly random?: () => number;
}

/** One process of the role `all`, put together as the application does, with its ticks in the test's hands. */
export class TokenProcess {
  readonly events: TokenEvent[] = [];
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly vendor: TokenVendor;
  readonly plan: RefreshPlan;
  readonly refresher: TokenRefresher;
  readonly replacement: TokenReplacement;
  readonly revocation: TokenRevocation;
  readonly trials: PendingTrials;
  readonly certificates: CertificateWatch;
  readonly #clock: Clock;

  constructor({ clock, store, source, ims, listener, random = () => 0.5 }: Surroundings) {
    const hear: TokenEventListener = (event) => {
      this.events.push(event);
      listener?.(event);
    };
    const policy = new RefreshPolicy();
    const catalog = new CredentialCatalog(source, hear);
    const mint = new TokenMint({ ims, source, clock });
    this.#clock = clock;
    this.tokens = new CurrentTokens(clock);
    this.sync = new StoreSync(store, this.tokens, hear);
    this.vendor = new TokenVendor({
      tokens: this.tokens,
      clock,
      serve: new ServePolicy(seconds(60)),
      refresh: policy,
    });
    this.plan = new RefreshPlan({
      catalog,
      tokens: this.tokens,
      vendor: this.vendor,
      sync: this.sync,
      clock,
      policy,
      backOff: new BackOff(random),
    });
    const { sync, tokens, plan } = this;
    const shared = { catalog, sync, clock, listener: hear };
    const exchangeLease = new ExchangeLease({ sync, budget: new StandaloneBudget(clock), clock });
    const inFlight = new InFlightRefreshes();
    const renewal = new TokenRenewal({ ...shared, plan, tokens, mint, exchangeLease });
    this.refresher = new TokenRefresher({ ...shared, plan, tokens, exchangeLease, renewal, inFlight });
    const budget = new CallerExchangeBudget({ sync, clock });
    this.replacement = new TokenReplacement({ ...shared, plan, tokens, inFlight, renewal, budget });
    this.revocation = new TokenRevocation({ ...shared, tokens, replacement: this.replacement, ims });
    this.trials = new PendingTrials({
      ...shared,
      source,
      mint,
      tokens: this.tokens,
      backOff: new BackOff(random),
    });
    this.certificates = new CertificateWatch(shared);
  }

  /** What a start does: store, source, then everything due. */
  async start(): Promise<void> {
    await this.sync.poll();
    await this.lookAtSource();
  }

  /** One look at the source, and what follows from it. */
  async lookAtSource(): Promise<void> {
    await this.refresher.syncWithSource();
    await this.refresh();
  }

  /** One tick, waiting for the flights it starts. */
  async refresh(): Promise<void> {
    await Promise.all(this.refresher.refreshDue());
  }

  /** One second of a process's life, but for the clock: store, then everything due. */
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

  heard(type: TokenEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }
}
