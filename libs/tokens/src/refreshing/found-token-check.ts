import type { Clock } from '../model/clock.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { TokenRecord } from '../model/token-record.ts';
import { between, millis, type Instant } from '../model/units.ts';
import type { ImsClient } from '../ports/ims-client.ts';
import type { FoundVerdict } from '../replication/found-tokens.ts';
import type { StoreLink } from '../replication/store-link.ts';
import type { CatalogSync } from './catalog-sync.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import { withImsDeadline } from './ims-deadline.ts';

/** Callers without a token wait for it. */
const DEADLINE = millis(5_000);
/** After IMS gave no answer, tokens go into service unchecked for so long: an outage stops no start. */
const PAUSE = 30_000;

interface FoundTokenCheckParts {
  readonly catalog: CredentialCatalog;
  readonly catalogSync: CatalogSync;
  readonly ims: ImsClient;
  readonly link: StoreLink;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** Asks IMS once whether it accepts a token that this process has found in the store and not minted. */
export class FoundTokenCheck {
  readonly #parts: FoundTokenCheckParts;
  readonly #startedAt: Instant;
  #pausedUntil = -Infinity;

  constructor(parts: FoundTokenCheckParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
  }

  /** Never rejects. Without an answer of IMS the token counts as good. */
  async check({ name, token }: TokenRecord): Promise<FoundVerdict> {
    const { catalog, catalogSync, ims, link, clock, listener } = this.#parts;
    // No snapshot from before the start holds it: another process has just minted it.
    if (token.issuedAt > this.#startedAt) return 'good';
    const credential = catalog.get(name);
    if (credential === undefined) return catalogSync.isFirstPoll ? 'undecided' : 'good';
    const content = catalog.exchangeable(credential);
    const isOver = between(clock.now(), token.expiresAt) <= 0;
    if (content === null || isOver || clock.monotonic() < this.#pausedUntil) return 'good';
    try {
      if (await withImsDeadline(DEADLINE, ims.validate(content, token, DEADLINE))) return 'good';
    } catch {
      this.#pausedUntil = clock.monotonic() + PAUSE;
      return 'good';
    }
    listener({ type: 'token.found-revoked', name, tokenSha256: token.sha256 });
    await link.ask((store) => store.noteRevoked(name, token.sha256));
    return 'revoked';
  }
}
