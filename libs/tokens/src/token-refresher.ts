import type { AccessToken } from './access-token.ts';
import type { Clock } from './clock.ts';
import type { SourcedCredential } from './credential.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import type { CredentialName } from './credential-name.ts';
import { failureNow } from './credential-report.ts';
import type { CurrentTokens } from './current-tokens.ts';
import type { TokenEventListener } from './events.ts';
import { asExchangeFailure } from './exchange-defect.ts';
import type { HistoryType } from './history.ts';
import { localTokenEnd } from './local-token-end.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { RefreshTurns } from './refresh-turns.ts';
import { SourceFollower } from './source-follower.ts';
import type { StoreMirror } from './store-mirror.ts';
import type { TokenMint } from './token-mint.ts';
import { undisturbed } from './undisturbed.ts';
import { between, millis, type Millis } from './units.ts';

/** How long one exchange may take; less for tokens whose life is counted in seconds. */
const LONGEST_EXCHANGE = 10_000;
const SHORTEST_EXCHANGE = 1_000;
/** The current version, a newer one and the previous one, and what is asked between them: others keep off for that long. */
const EXCHANGES_PER_FLIGHT = 4;
/** Enough that a few hanging exchanges hold nobody up, few enough not to storm IMS at a cold start. */
const EXCHANGES_AT_ONCE = 64;
/** What failed before leaves room for what did not: however many hang, a renewal that will succeed finds a place. */
const RETRIES_UP_TO = 48;

interface TokenRefresherParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly mirror: StoreMirror;
  readonly mint: TokenMint;
  readonly turns: RefreshTurns;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** Renews tokens: at most one flight per credential, each on its own, so that a failing one slows no other. */
export class TokenRefresher {
  readonly #parts: TokenRefresherParts;
  readonly #source: SourceFollower;
  readonly #flights = new Map<CredentialName, Promise<void>>();
  #isStopped = false;

  constructor(parts: TokenRefresherParts) {
    this.#parts = { ...parts, listener: undisturbed(parts.listener) };
    this.#source = new SourceFollower(this.#parts);
  }

  /** Starts a flight for every credential whose time has come. Returns at once with the flights under way; none ever rejects. */
  refreshDue(): Promise<void>[] {
    const { plan, turns } = this.#parts;
    if (this.#isStopped) return [...this.#flights.values()];
    for (const credential of plan.due()) {
      if (turns.isPaused(credential.name)) continue;
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

  /** Starts no more flights, and waits for those under way: a hand-over leaves no lease behind. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#flights.values());
  }

  #takeOff(credential: SourcedCredential): void {
    const flight = this.#fly(credential).finally(() => this.#flights.delete(credential.name));
    this.#flights.set(credential.name, flight);
  }

  async #fly(credential: SourcedCredential): Promise<void> {
    const { plan, tokens, turns, catalog } = this.#parts;
    const { content, name } = credential;
    if (content.kind === 'local') {
      await this.#takeLocalToken(credential, content.token);
      return;
    }
    const life = tokens.get(name)?.held?.record.token.life ?? null;
    const deadline = exchangeDeadline(life);
    // A holder that dies must not cost callers the token: a renewal leaves about half of its life.
    const holdFor = millis(
      Math.min(deadline * EXCHANGES_PER_FLIGHT, Math.max(deadline, (life ?? Infinity) / 4)),
    );
    await turns.take(name, holdFor, life, async () => {
      // Another process may have renewed it meanwhile, and the document may have changed, or gone.
      const current = catalog.get(name);
      if (current?.version === credential.version && plan.isDue(current)) {
        await this.#tryToRenew(current, deadline);
      }
    });
  }

  async #tryToRenew(credential: SourcedCredential, deadline: Millis): Promise<void> {
    const { clock } = this.#parts;
    const start = clock.monotonic();
    const took = (): Millis => millis(clock.monotonic() - start);
    try {
      await this.#renew(credential, deadline, took);
    } catch (error) {
      await this.#fail(credential, error, took(), 'failed');
    }
  }

  async #renew(credential: SourcedCredential, deadline: Millis, took: () => Millis): Promise<void> {
    const { plan, tokens, mirror, mint, listener } = this.#parts;
    const { name } = credential;
    const isNeeded = plan.isNeeded(name);
    const heldVersion = tokens.get(name)?.held?.record.version ?? null;
    const atHand = isNeeded ? null : heldVersion;
    const minted = await mint.mint(credential, deadline, isNeeded, atHand);
    // Removed while the exchange was under way: the new token must not bring it back.
    if (!this.#isThere(name)) return;
    if (minted.token === null) {
      this.#moveOn(credential, minted.by);
      return;
    }
    const { token, clockSkew, by, insteadOf } = minted;
    const { version } = by;
    listener({ type: 'token.minted', name, token, version, took: took(), clockSkew });
    await mirror.publish({ name, generation: mirror.nextGeneration(name), token, version });
    if (insteadOf !== null) {
      listener({ type: 'credential.fell-back', name, version, insteadOf });
      await this.#fail(credential, insteadOf, took(), 'fell-back');
      return;
    }
    this.#moveOn(credential, by);
    if (!this.#isCurrent(by)) return;
    await mirror.report(plan.report(by, null, successOf(version, heldVersion)));
  }

  /** The version at hand has its token: nobody has to wait any more, and none before it is tried again. */
  #moveOn(from: SourcedCredential, to: SourcedCredential): void {
    const { plan, catalog } = this.#parts;
    plan.succeeded(from.name);
    plan.settle(to);
    if (to.version !== from.version && this.#isCurrent(from)) catalog.put(to);
  }

  async #fail(
    credential: SourcedCredential,
    error: unknown,
    took: Millis,
    happened: HistoryType,
  ): Promise<void> {
    const { plan, mirror, clock, listener } = this.#parts;
    const { name } = credential;
    if (!this.#isThere(name)) return;
    const failure = asExchangeFailure(error);
    const { nextAttemptAt, failuresInARow } = plan.failed(credential, failure);
    listener({ type: 'exchange.failed', name, failure, took, nextAttemptAt, failuresInARow });
    if (!this.#isCurrent(credential)) return;
    await mirror.report(plan.report(credential, failureNow(clock, failure), happened));
  }

  /** An expired one is published as well, so that status can say so, but pushes out none that callers can still use. */
  async #takeLocalToken(credential: SourcedCredential, token: AccessToken): Promise<void> {
    const { plan, mirror, tokens, clock } = this.#parts;
    const { name, version } = credential;
    const remaining = between(clock.now(), token.expiresAt);
    const heldVersion = tokens.get(name)?.held?.record.version ?? null;
    const isNew = heldVersion !== version;
    plan.settle(credential);
    if (isNew && (remaining > 0 || !plan.isServed(name))) {
      await mirror.publish({ name, generation: mirror.nextGeneration(name), token, version });
    }
    if (!this.#isCurrent(credential)) return;
    const end = localTokenEnd(token, clock);
    if (end !== null) await mirror.report(plan.report(credential, failureNow(clock, end), 'problem'));
    else await mirror.report(plan.report(credential, null, isNew ? successOf(version, heldVersion) : null));
  }

  #isThere(name: CredentialName): boolean {
    return this.#parts.catalog.get(name) !== undefined;
  }

  /** Whether the document is still this version: what is said of another must not cover up what is known of this one. */
  #isCurrent({ name, version }: SourcedCredential): boolean {
    return this.#parts.catalog.get(name)?.version === version;
  }
}

/** @param before the version of the token before, null where there was none */
const successOf = (version: string, before: string | null): HistoryType =>
  before === null || before === version ? 'refreshed' : 'rotated';

/** @param life of the token at stake, null where none was ever held */
const exchangeDeadline = (life: Millis | null): Millis =>
  millis(Math.max(SHORTEST_EXCHANGE, Math.min(LONGEST_EXCHANGE, (life ?? Infinity) / 5)));
