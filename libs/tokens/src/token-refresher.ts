import type { AccessToken } from './access-token.ts';
import type { Clock } from './clock.ts';
import type { ExchangeableCredential, SourcedCredential } from './credential.ts';
import type { CatalogChanges, CredentialCatalog } from './credential-catalog.ts';
import type { CredentialName } from './credential-name.ts';
import type { Failure } from './credential-report.ts';
import type { CurrentTokens } from './current-tokens.ts';
import type { TokenEventListener } from './events.ts';
import { ExchangeFailure } from './exchange-failure.ts';
import type { Exchange, ImsClient } from './ims-client.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { StoreMirror } from './store-mirror.ts';
import { between, millis, type Millis } from './units.ts';

/** How long one exchange may take; less for tokens whose life is counted in seconds. */
const LONGEST_EXCHANGE = 10_000;
const SHORTEST_EXCHANGE = 1_000;
/** Enough that a few hanging exchanges hold nobody up, few enough not to storm IMS at a cold start. */
const EXCHANGES_AT_ONCE = 64;

const LOCAL_TOKEN_EXPIRED = {
  code: 'local_token_expired',
  diagnosis:
    'This local development token has expired, and nothing can renew it: fetch a new one in the AEM Developer ' +
    'Console (Integrations, Local token, Get Local Development Token) and store it under the same name.',
};

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
  readonly #flights = new Map<CredentialName, Promise<void>>();

  constructor(parts: TokenRefresherParts) {
    this.#parts = parts;
  }

  /** Starts a flight for every credential whose time has come. Returns at once with the flights under way. */
  refreshDue(): Promise<void>[] {
    for (const credential of this.#parts.plan.due()) {
      if (this.#flights.size >= EXCHANGES_AT_ONCE) break;
      if (!this.#flights.has(credential.name)) this.#takeOff(credential);
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
    const { catalog, tokens, mirror, plan, listener } = this.#parts;
    const changes = await catalog.poll();
    if (changes === null) return;
    await this.#announce(changes);
    for (const { name } of tokens.all()) {
      if (catalog.get(name) !== undefined) continue;
      plan.forget(name);
      listener({ type: 'credential.removed', name });
      await mirror.remove(name);
    }
    void this.refreshDue();
  }

  async #announce({ added, changed }: CatalogChanges): Promise<void> {
    const { clock, listener, mirror, plan } = this.#parts;
    for (const credential of [...added, ...changed]) {
      const { content } = credential;
      const problem = content.kind === 'problem' ? failureNow(clock, content) : null;
      const report = plan.report(credential, problem);
      listener({ type: added.includes(credential) ? 'credential.found' : 'credential.changed', report });
      await mirror.report(report);
    }
  }

  #takeOff(credential: SourcedCredential): void {
    const flight = this.#fly(credential).finally(() => this.#flights.delete(credential.name));
    this.#flights.set(credential.name, flight);
  }

  async #fly(credential: SourcedCredential): Promise<void> {
    const { content } = credential;
    if (content.kind === 'local') await this.#takeLocalToken(credential, content.token);
    else if (content.kind !== 'problem') await this.#renew(credential, content);
  }

  async #renew(credential: SourcedCredential, content: ExchangeableCredential): Promise<void> {
    const { plan, mirror, clock, listener, catalog, ims } = this.#parts;
    const { name, version } = credential;
    const start = clock.monotonic();
    const took = (): Millis => millis(clock.monotonic() - start);
    let exchange: Exchange;
    try {
      exchange = await ims.exchange(content, this.#deadline(name));
    } catch (error) {
      const failure = asExchangeFailure(error);
      const { nextAttemptAt, failuresInARow } = plan.failed(credential, failure);
      listener({ type: 'exchange.failed', name, failure, took: took(), nextAttemptAt, failuresInARow });
      await mirror.report(plan.report(credential, failureNow(clock, failure)));
      return;
    }
    plan.succeeded(name);
    // Removed while the exchange was under way: the new token must not bring it back.
    if (catalog.get(name) === undefined) return;
    const { token, clockSkew } = exchange;
    listener({ type: 'token.minted', name, token, version, took: took(), clockSkew });
    await mirror.publish({ name, generation: mirror.nextGeneration(name), token, version });
    await mirror.report(plan.report(credential, null));
  }

  async #takeLocalToken(credential: SourcedCredential, token: AccessToken): Promise<void> {
    const { plan, mirror, clock } = this.#parts;
    const { name, version } = credential;
    const isLive = between(clock.now(), token.expiresAt) > 0;
    await mirror.publish({ name, generation: mirror.nextGeneration(name), token, version });
    await mirror.report(plan.report(credential, isLive ? null : failureNow(clock, LOCAL_TOKEN_EXPIRED)));
  }

  #deadline(name: CredentialName): Millis {
    const life = this.#parts.tokens.get(name)?.held?.record.token.life ?? Infinity;
    return millis(Math.max(SHORTEST_EXCHANGE, Math.min(LONGEST_EXCHANGE, life / 5)));
  }
}

function failureNow(clock: Clock, { code, diagnosis }: Pick<Failure, 'code' | 'diagnosis'>): Failure {
  return { at: clock.now(), code, diagnosis };
}

/** Whatever else an adapter throws is a defect; it must cost this credential an attempt and no other anything. */
function asExchangeFailure(error: unknown): ExchangeFailure {
  return error instanceof ExchangeFailure
    ? error
    : new ExchangeFailure({
        code: 'exchange_internal_error',
        diagnosis: 'The service itself failed at this exchange; the log has the details. Please report it.',
        retryable: true,
        cause: error,
      });
}
