import type { BackOff } from './back-off.ts';
import type { Clock } from './clock.ts';
import type { SourcedCredential } from './credential.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import type { CredentialName } from './credential-name.ts';
import type { CredentialReport, Failure } from './credential-report.ts';
import type { CurrentTokens } from './current-tokens.ts';
import type { ExchangeFailure } from './exchange-failure.ts';
import type { RefreshPolicy } from './refresh-policy.ts';
import type { StoreMirror } from './store-mirror.ts';
import type { TokenVendor } from './token-vendor.ts';
import { between, later, millis, type Instant, type Millis } from './units.ts';

/** How attempts with one version of one credential went. */
interface Attempts {
  readonly version: string;
  readonly failuresInARow: number;
  /** On the monotonic clock, so that nobody who sets the clock back stops the renewals. */
  readonly notBefore: Millis;
  readonly nextAttemptAt: Instant | null;
}

interface RefreshPlanParts {
  readonly catalog: CredentialCatalog;
  readonly tokens: CurrentTokens;
  readonly vendor: TokenVendor;
  readonly mirror: StoreMirror;
  readonly clock: Clock;
  readonly policy: RefreshPolicy;
  readonly backOff: BackOff;
}

/** Which credentials need a new token now, and how long each must wait after a failure. Nothing here waits or asks anybody. */
export class RefreshPlan {
  readonly #parts: RefreshPlanParts;
  readonly #attempts = new Map<CredentialName, Attempts>();

  constructor(parts: RefreshPlanParts) {
    this.#parts = parts;
  }

  /** The credentials whose time has come. */
  due(): SourcedCredential[] {
    return [...this.#parts.catalog.all()].filter((credential) => this.#isDue(credential));
  }

  /** Notes a failure and says when the next attempt may be made. */
  failed(credential: SourcedCredential, failure: ExchangeFailure): Attempts & { nextAttemptAt: Instant } {
    const { clock, backOff, tokens } = this.#parts;
    const failuresInARow = (this.#attemptsWith(credential)?.failuresInARow ?? 0) + 1;
    const life = tokens.get(credential.name)?.held?.record.token.life ?? null;
    const delay = backOff.delay(failuresInARow, failure.retryable, failure.retryAfter, life);
    const attempts = {
      version: credential.version,
      failuresInARow,
      notBefore: millis(clock.monotonic() + delay),
      nextAttemptAt: later(clock.now(), delay),
    };
    this.#attempts.set(credential.name, attempts);
    return attempts;
  }

  /** Notes a success: the next failure starts from the shortest delay again. */
  succeeded(name: CredentialName): void {
    this.#attempts.delete(name);
  }

  /** Lets every waiting credential be tried now: somebody says that something was mended. */
  hurry(): void {
    this.#attempts.clear();
  }

  forget(name: CredentialName): void {
    this.#attempts.delete(name);
  }

  /** What others should know of a credential. A failure of its document, or of the last exchange, is `failure`. */
  report(credential: SourcedCredential, failure: Failure | null): CredentialReport {
    const { name, version, stage, content } = credential;
    const { clock, tokens } = this.#parts;
    return {
      name,
      at: clock.now(),
      kind: content.kind === 'problem' ? content.documentKind : content.kind,
      version,
      stage,
      certificateExpiresAt: content.kind === 'jwt' ? content.certificate.notAfter : null,
      failing: failure !== null,
      lastFailure: failure ?? tokens.get(name)?.report?.lastFailure ?? null,
      nextAttemptAt: this.#attemptsWith(credential)?.nextAttemptAt ?? null,
    };
  }

  #isDue(credential: SourcedCredential): boolean {
    const { tokens, vendor, mirror, clock, policy } = this.#parts;
    const { name, version, content } = credential;
    if (content.kind === 'problem') return false;
    const holding = tokens.get(name);
    const held = holding?.held ?? null;
    if (held !== null && holding !== undefined) {
      const { token } = held.record;
      const lifeAfterDue = between(policy.dueAt(token), token.expiresAt);
      const isOld = content.kind !== 'local' && held.remaining(clock) <= lifeAfterDue;
      if (!isOld && held.record.version === version) return false;
      if (mirror.isAhead(name) && vendor.isServable(holding)) return false;
    }
    return clock.monotonic() >= (this.#attemptsWith(credential)?.notBefore ?? 0);
  }

  /** Failures count against the version that failed; a new version starts afresh. */
  #attemptsWith({ name, version }: SourcedCredential): Attempts | undefined {
    const attempts = this.#attempts.get(name);
    return attempts?.version === version ? attempts : undefined;
  }
}
