import type { AccessToken } from '../model/access-token.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import { failureNow } from '../model/credential-status-record.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { FlightEnd, Flights } from './in-flight-refreshes.ts';
import { successOf } from '../model/history.ts';
import { localTokenEnd } from './local-token-expiry.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { RefreshTurns } from './exchange-lease.ts';
import { SourceFollower } from './catalog-sync.ts';
import type { StoreMirror } from '../replication/store-sync.ts';
import type { TokenRenewal } from './token-renewal.ts';
import { undisturbed } from '../model/guard-listener.ts';
import { between } from '../model/units.ts';

/** Enough that a few hanging exchanges hold nobody up, few enough not to storm IMS at a cold start. */
const EXCHANGES_AT_ONCE = 64;
/** What failed before leaves room for what did not: however many hang, a renewal that will succeed finds a place. */
const RETRIES_UP_TO = 48;

interface TokenRefresherParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly mirror: StoreMirror;
  readonly turns: RefreshTurns;
  readonly renewal: TokenRenewal;
  readonly flights: Flights;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** Renews tokens: at most one flight per credential, each on its own, so that a failing one slows no other. */
export class TokenRefresher {
  readonly #parts: TokenRefresherParts;
  readonly #source: SourceFollower;

  constructor(parts: TokenRefresherParts) {
    this.#parts = { ...parts, listener: undisturbed(parts.listener) };
    this.#source = new SourceFollower(this.#parts);
  }

  /** Starts a flight for every credential whose time has come. Returns at once with the flights under way; none ever rejects. */
  refreshDue(): Promise<FlightEnd>[] {
    const { plan, turns, flights } = this.#parts;
    if (flights.isClosed) return flights.all();
    for (const credential of plan.due()) {
      const { name } = credential;
      if (turns.isPaused(name)) continue;
      const places = plan.isRetry(credential) ? RETRIES_UP_TO : EXCHANGES_AT_ONCE;
      if (flights.size < places && !flights.of(name)) void flights.start(name, () => this.#fly(credential));
    }
    return flights.all();
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
    await this.#parts.flights.close();
  }

  async #fly(credential: SourcedCredential): Promise<FlightEnd> {
    const { plan, renewal } = this.#parts;
    const { content } = credential;
    if (content.kind === 'local') {
      await this.#takeLocalToken(credential, content.token);
      return 'renewed';
    }
    return renewal.fly(credential, {
      isWanted: (current) => current.version === credential.version && plan.isDue(current),
      isRejected: false,
    });
  }

  /** An expired one is published as well, so that status can say so, but pushes out none that callers can still use. */
  async #takeLocalToken(credential: SourcedCredential, token: AccessToken): Promise<void> {
    const { plan, mirror, tokens, catalog, clock } = this.#parts;
    const { name, version } = credential;
    const remaining = between(clock.now(), token.expiresAt);
    const heldVersion = tokens.get(name)?.held?.record.version ?? null;
    const isNew = heldVersion !== version;
    plan.settle(credential);
    if (isNew && (remaining > 0 || !plan.isServed(name))) {
      await mirror.publish({ name, generation: mirror.nextGeneration(name), token, version });
    }
    if (catalog.get(name)?.version !== version) return;
    const end = localTokenEnd(token, clock);
    if (end !== null) await mirror.report(plan.report(credential, failureNow(clock, end), 'problem'));
    else await mirror.report(plan.report(credential, null, isNew ? successOf(version, heldVersion) : null));
  }
}
