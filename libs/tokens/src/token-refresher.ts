import type { AccessToken } from './access-token.ts';
import type { Clock } from './clock.ts';
import type { ExchangeableCredential, SourcedCredential } from './credential.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import type { CredentialName } from './credential-name.ts';
import { failureNow } from './credential-report.ts';
import type { CurrentTokens } from './current-tokens.ts';
import type { TokenEventListener } from './events.ts';
import { asExchangeFailure, neverAnswered, unusableToken } from './exchange-defect.ts';
import type { ImsClient } from './ims-client.ts';
import { LOCAL_TOKEN_EXPIRED } from './local-token-expired.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import { SourceFollower } from './source-follower.ts';
import type { StoreMirror } from './store-mirror.ts';
import { undisturbed } from './undisturbed.ts';
import { between, millis, type Millis } from './units.ts';
import { within } from './within.ts';

/** How long one exchange may take; less for tokens whose life is counted in seconds. */
const LONGEST_EXCHANGE = 10_000;
const SHORTEST_EXCHANGE = 1_000;
/** How much longer than that a client is waited for that does not keep to it. */
const PATIENCE = 1_000;
/** Enough that a few hanging exchanges hold nobody up, few enough not to storm IMS at a cold start. */
const EXCHANGES_AT_ONCE = 64;
/** What failed before leaves room for what did not: however many hang, a renewal that will succeed finds a place. */
const RETRIES_UP_TO = 48;
/** A token that ends sooner can't be handed out at all. */
const SHORTEST_LIFE = 1_000;

interface TokenRefresherParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly mirror: StoreMirror;
  readonly ims: ImsClient;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** Renews tokens: at most one flight per credential, each on its own, so that a failing one slows no other. */
export class TokenRefresher {
  readonly #parts: TokenRefresherParts;
  readonly #source: SourceFollower;
  readonly #flights = new Map<CredentialName, Promise<void>>();

  constructor(parts: TokenRefresherParts) {
    this.#parts = { ...parts, listener: undisturbed(parts.listener) };
    this.#source = new SourceFollower(this.#parts);
  }

  /** Starts a flight for every credential whose time has come. Returns at once with the flights under way; none ever rejects. */
  refreshDue(): Promise<void>[] {
    const { plan } = this.#parts;
    for (const credential of plan.due()) {
      const places = plan.isRetry(credential) ? RETRIES_UP_TO : EXCHANGES_AT_ONCE;
      if (this.#flights.size < places && !this.#flights.has(credential.name)) this.#takeOff(credential);
    }
    return [...this.#flights.values()];
  }

  /** Refreshes until nothing is due that has not been tried: what a start, or a hand-over, waits for. */
  async refreshAllDue(): Promise<void> {
    for (let flights = this.refreshDue(); flights.length > 0; flights = this.refreshDue()) {
      await Promise.race(flights);
    }
  }

  /** Looks at the source and acts on what changed: new versions are minted with, removed credentials go out of service. */
  async syncWithSource(): Promise<void> {
    await this.#source.look();
    void this.refreshDue();
  }

  #takeOff(credential: SourcedCredential): void {
    const flight = this.#fly(credential).finally(() => this.#flights.delete(credential.name));
    this.#flights.set(credential.name, flight);
  }

  async #fly(credential: SourcedCredential): Promise<void> {
    const { clock } = this.#parts;
    const { content } = credential;
    const start = clock.monotonic();
    const took = (): Millis => millis(clock.monotonic() - start);
    try {
      if (content.kind === 'local') await this.#takeLocalToken(credential, content.token);
      else if (content.kind !== 'problem') await this.#renew(credential, content, took);
    } catch (error) {
      await this.#fail(credential, error, took());
    }
  }

  async #renew(
    credential: SourcedCredential,
    content: ExchangeableCredential,
    took: () => Millis,
  ): Promise<void> {
    const { plan, mirror, clock, listener, ims } = this.#parts;
    const { name, version } = credential;
    const deadline = this.#deadline(name);
    const exchange = ims.exchange(content, deadline);
    const { token, clockSkew } = await within(millis(deadline + PATIENCE), exchange, neverAnswered);
    if (between(clock.now(), token.expiresAt) < SHORTEST_LIFE) throw unusableToken();
    // Removed while the exchange was under way: the new token must not bring it back.
    if (!this.#isThere(name)) return;
    plan.succeeded(name);
    listener({ type: 'token.minted', name, token, version, took: took(), clockSkew });
    await mirror.publish({ name, generation: mirror.nextGeneration(name), token, version });
    if (this.#isCurrent(credential)) await mirror.report(plan.report(credential, null));
  }

  async #fail(credential: SourcedCredential, error: unknown, took: Millis): Promise<void> {
    const { plan, mirror, clock, listener } = this.#parts;
    const { name } = credential;
    if (!this.#isThere(name)) return;
    const failure = asExchangeFailure(error);
    const { nextAttemptAt, failuresInARow } = plan.failed(credential, failure);
    listener({ type: 'exchange.failed', name, failure, took, nextAttemptAt, failuresInARow });
    if (this.#isCurrent(credential)) await mirror.report(plan.report(credential, failureNow(clock, failure)));
  }

  /** An expired one is published as well, so that status can say so, but pushes out none that callers can still use. */
  async #takeLocalToken(credential: SourcedCredential, token: AccessToken): Promise<void> {
    const { plan, mirror, tokens, clock } = this.#parts;
    const { name, version } = credential;
    const isLive = between(clock.now(), token.expiresAt) > 0;
    const isNew = tokens.get(name)?.held?.record.version !== version;
    plan.settle(credential);
    if (isNew && (isLive || !plan.isServed(name))) {
      await mirror.publish({ name, generation: mirror.nextGeneration(name), token, version });
    }
    if (!this.#isCurrent(credential)) return;
    await mirror.report(plan.report(credential, isLive ? null : failureNow(clock, LOCAL_TOKEN_EXPIRED)));
  }

  #isThere(name: CredentialName): boolean {
    return this.#parts.catalog.get(name) !== undefined;
  }

  /** Whether the document is still this version: what is said of another must not cover up what is known of this one. */
  #isCurrent({ name, version }: SourcedCredential): boolean {
    return this.#parts.catalog.get(name)?.version === version;
  }

  #deadline(name: CredentialName): Millis {
    const life = this.#parts.tokens.get(name)?.held?.record.token.life ?? Infinity;
    return millis(Math.max(SHORTEST_EXCHANGE, Math.min(LONGEST_EXCHANGE, life / 5)));
  }
}
