import type { AccessToken } from '../model/access-token.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import { failureNow } from '../model/credential-status-record.ts';
import { successOf } from '../model/history.ts';
import { between } from '../model/units.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import { localTokenExpiry } from './local-token-expiry.ts';
import type { RefreshPlan } from './refresh-plan.ts';

interface LocalTokensParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly clock: Clock;
}

/** Publishes local development tokens, which need no exchange, and says in status when they expire. */
export class LocalTokens {
  readonly #parts: LocalTokensParts;

  constructor(parts: LocalTokensParts) {
    this.#parts = parts;
  }

  /**
   * Publishes an expired token too, so that status shows it, unless callers still have a token that lives.
   */
  async publish(credential: SourcedCredential, token: AccessToken): Promise<void> {
    const { plan, sync, tokens, catalog, clock } = this.#parts;
    const { name, version } = credential;
    const remaining = between(clock.now(), token.expiresAt);
    const cachedVersion = tokens.get(name)?.cached?.record.version ?? null;
    const isNew = cachedVersion !== version;
    plan.markMinted(credential);
    if (isNew && (remaining > 0 || !plan.isServed(name))) {
      await sync.publish({ name, generation: sync.nextGeneration(name), token, version });
    }
    if (catalog.get(name)?.version !== version) return;
    const expiry = localTokenExpiry(token, clock);
    const status =
      expiry === null
        ? plan.statusRecord(credential, null, isNew ? successOf(version, cachedVersion) : null)
        : plan.statusRecord(credential, failureNow(clock, expiry), 'problem');
    await sync.publishStatus(status);
  }
}
