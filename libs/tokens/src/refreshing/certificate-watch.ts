import type { Clock } from '../model/clock.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import { between } from '../model/units.ts';

const DAY = 24 * 60 * 60 * 1000;
/** How many days ahead people are told, the last call first. */
const WARN_AT_DAYS = [1, 3, 7, 14, 30];

interface CertificateWatchParts {
  readonly catalog: CredentialCatalog;
  readonly sync: StoreSync;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** Warns of certificates that run out: at 30, 14, 7, 3 and 1 days, once each over all processes that share a store. */
export class CertificateWatch {
  readonly #parts: CertificateWatchParts;
  /** What this process need not ask the store about again. */
  readonly #told = new Map<CredentialName, string>();

  constructor(parts: CertificateWatchParts) {
    this.#parts = parts;
  }

  /** Looks at every certificate. Cheap where there is nothing new to say; never rejects. */
  async look(): Promise<void> {
    const { catalog, sync, clock, listener } = this.#parts;
    for (const { name, content } of catalog.all()) {
      if (content.kind !== 'jwt') continue;
      const { notAfter, sha256 } = content.certificate;
      const daysLeft = between(clock.now(), notAfter) / DAY;
      const threshold = WARN_AT_DAYS.find((days) => daysLeft <= days);
      const mark = `certificate-${sha256.slice(0, 16)}-${threshold}`;
      if (threshold === undefined || this.#told.get(name) === mark) continue;
      const isFirst = await sync.markOnce(name, mark);
      if (isFirst === null) continue;
      this.#told.set(name, mark);
      if (isFirst) listener({ type: 'certificate.expiring', name, notAfter, daysLeft });
    }
  }
}
