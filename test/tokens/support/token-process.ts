import {
  BackOff,
  CallerBudget,
  CertificateWatch,
  CredentialCatalog,
  CurrentTokens,
  ExchangeBudget,
  Flights,
  PendingTrials,
  RefreshPlan,
  RefreshPolicy,
  RefreshTurns,
  seconds,
  ServePolicy,
  stateOf,
  StoreMirror,
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
  readonly mirror: StoreMirror;
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
    this.mirror = new StoreMirror(store, this.tokens, hear);
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
      mirror: this.mirror,
      clock,
      policy,
      backOff: new BackOff(random),
    });
    const { mirror, tokens, plan } = this;
    const shared = { catalog, mirror, clock, listener: hear };
    const turns = new RefreshTurns({ mirror, budget: new ExchangeBudget(clock), clock });
    const flights = new Flights();
    const renewal = new TokenRenewal({ ...shared, plan, tokens, mint, turns });
    this.refresher = new TokenRefresher({ ...shared, plan, tokens, turns, renewal, flights });
    const budget = new CallerBudget({ mirror, clock });
    this.replacement = new TokenReplacement({ ...shared, plan, tokens, flights, renewal, budget });
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
    await this.mirror.poll();
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
    await this.mirror.poll();
    await this.refresh();
  }

  served(name: string): string | null {
    const vended = this.vendor.vend(name);
    return vended.outcome === 'vended' ? vended.held.record.token.reveal() : null;
  }

  state(name: string): CredentialState | null {
    const holding = this.tokens.get(name);
    return holding === undefined ? null : stateOf(holding, this.vendor);
  }

  remaining(name: string): number {
    return this.tokens.get(name)?.held?.remaining(this.#clock) ?? 0;
  }

  heard(type: TokenEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }
}
