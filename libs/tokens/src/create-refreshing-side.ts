import type { ServingSide } from './create-serving-side.ts';
import type { Clock } from './model/clock.ts';
import type { TokenEventListener } from './model/events.ts';
import { guardListener } from './model/guard-listener.ts';
import type { Randomness } from './model/randomness.ts';
import { CallerExchangeBudget } from './on-demand/caller-exchange-budget.ts';
import { CallerTriggeredRefresh } from './on-demand/caller-triggered-refresh.ts';
import { TokenReplacement } from './on-demand/token-replacement.ts';
import { TokenRevocation } from './on-demand/token-revocation.ts';
import type { CredentialSource } from './ports/credential-source.ts';
import type { ImsClient } from './ports/ims-client.ts';
import { BackOff } from './refreshing/back-off.ts';
import { CatalogSync } from './refreshing/catalog-sync.ts';
import { CertificateWatch } from './refreshing/certificate-watch.ts';
import { CredentialCatalog } from './refreshing/credential-catalog.ts';
import { ExchangeCeiling } from './refreshing/exchange-ceiling.ts';
import { ExchangeLease } from './refreshing/exchange-lease.ts';
import { FoundTokenCheck } from './refreshing/found-token-check.ts';
import { InFlightRefreshes } from './refreshing/in-flight-refreshes.ts';
import { LocalTokens } from './refreshing/local-tokens.ts';
import { PendingTrials } from './refreshing/pending-trials.ts';
import { RefreshPlan } from './refreshing/refresh-plan.ts';
import { RetryPace } from './refreshing/retry-pace.ts';
import { StandaloneBudget } from './refreshing/standalone-budget.ts';
import { TokenMint } from './refreshing/token-mint.ts';
import { TokenRefresher } from './refreshing/token-refresher.ts';
import { TokenRenewal } from './refreshing/token-renewal.ts';

/** What the refreshing side needs from outside. */
interface RefreshingSideParts {
  readonly serving: ServingSide;
  readonly source: CredentialSource;
  readonly ims: ImsClient;
  readonly clock: Clock;
  /** For the jitter of back-offs. */
  readonly random: Randomness;
  /** Hears every event. An error that it throws becomes a warning of the process. */
  readonly listener: TokenEventListener;
  /** Wraps each renewal, such as in a span of a trace. */
  readonly instrument?: (renewal: TokenRenewal) => TokenRenewal;
}

/**
 * The side that holds credentials: it renews tokens, replaces and revokes them for callers, and tries new
 * versions.
 */
export interface RefreshingSide {
  readonly plan: RefreshPlan;
  readonly refresher: TokenRefresher;
  readonly replacement: TokenReplacement;
  readonly revocation: TokenRevocation;
  readonly trials: PendingTrials;
  readonly certificates: CertificateWatch;
}

/** Builds the refreshing side on a serving side. Nothing runs until one of its methods is called. */
export function createRefreshingSide(parts: RefreshingSideParts): RefreshingSide {
  const { source, ims, clock, random, instrument = (renewal) => renewal } = parts;
  const { tokens, vendor, link, sync, sourceReports, peerSync, cacheRestore, cacheWriter, refreshPolicy } =
    parts.serving;
  const listener = guardListener(parts.listener);

  const catalog = new CredentialCatalog(source, clock, listener);
  const plan = new RefreshPlan({
    catalog,
    tokens,
    vendor,
    sync,
    clock,
    refreshPolicy,
    backOff: new BackOff(random),
  });
  const standaloneBudget = new StandaloneBudget({ clock, cacheRestore, cacheWriter });
  const exchangeLease = new ExchangeLease({ link, sync, peerSync, clock, budget: standaloneBudget });
  const inFlight = new InFlightRefreshes();
  parts.serving.missing.alsoAwait((name) => inFlight.of(name));
  const mint = new TokenMint({ ims, source, clock });
  const renewal = instrument(
    new TokenRenewal({
      catalog,
      plan,
      tokens,
      sync,
      mint,
      exchangeLease,
      ceiling: new ExchangeCeiling(clock),
      clock,
      listener,
    }),
  );
  const localTokens = new LocalTokens({ catalog, plan, tokens, sync, clock });
  const catalogSync = new CatalogSync({
    catalog,
    plan,
    exchangeLease,
    tokens,
    sync,
    sourceReports,
    clock,
    listener,
  });
  const foundCheck = new FoundTokenCheck({ catalog, catalogSync, ims, link, clock, listener });
  sync.found.checkWith((record) => foundCheck.check(record));
  const refresher = new TokenRefresher({
    plan,
    catalogSync,
    exchangeLease,
    renewal,
    localTokens,
    inFlight,
    retryPace: new RetryPace(clock),
  });

  const budget = new CallerExchangeBudget({ link, clock });
  const triggered = new CallerTriggeredRefresh({
    catalog,
    plan,
    tokens,
    sync,
    inFlight,
    renewal,
    budget,
    clock,
    listener,
  });
  const replacement = new TokenReplacement({ catalog, plan, tokens, sync, inFlight, triggered });
  const revocation = new TokenRevocation({ catalog, tokens, link, replacement, ims, listener });

  const trials = new PendingTrials({
    catalog,
    source,
    mint,
    tokens,
    sync,
    clock,
    listener,
    backOff: new BackOff(random),
  });
  const certificates = new CertificateWatch({ catalog, link, clock, listener });
  return { plan, refresher, replacement, revocation, trials, certificates };
}
