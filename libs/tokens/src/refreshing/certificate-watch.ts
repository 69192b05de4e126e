import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { TokenEventListener } from '../model/events.ts';
import { between } from '../model/units.ts';
import type { StoreLink } from '../replication/store-link.ts';
import type { CredentialCatalog } from './credential-catalog.ts';

const DAY = 24 * 60 * 60 * 1000;
/** The days before expiry at which a warning is due, the last one first. */
const WARN_AT_DAYS = [1, 3, 7, 14, 30];

interface CertificateWatchParts {
  readonly catalog: CredentialCatalog;
  readonly link: StoreLink;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/**
 * Warns of certificates that expire: 30, 14, 7, 3 and 1 days before, once each over all processes on one
 * store.
 */
export class CertificateWatch {
  readonly #parts: CertificateWatchParts;
  /**
   * The last mark of each credential that this process knows to be set, so that the store is not asked again.
   */
  readonly #marked = new Map<CredentialName, string>();

  constructor(parts: CertificateWatchParts) {
    this.#parts = parts;
  }

  /** Checks every certificate. Cheap while no warning is due; never rejects. */
  async check(): Promise<void> {
    const { catalog, link, clock, listener } = this.#parts;
    for (const credential of catalog.all()) {
      const { name } = credential;
      const inUse = catalog.exchangeable(credential);
      if (inUse?.kind !== 'jwt') continue;
      const { notAfter, sha256 } = inUse.certificate;
      const daysLeft = between(clock.now(), notAfter) / DAY;
      const threshold = WARN_AT_DAYS.find((days) => daysLeft <= days);
      const mark = `certificate-${sha256.slice(0, 16)}-${threshold}`;
      if (threshold === undefined || this.#marked.get(name) === mark) continue;
      const isFirst = await link.ask((store) => store.markOnce(name, mark));
      if (isFirst === null) continue;
      this.#marked.set(name, mark);
      if (isFirst) listener({ type: 'certificate.expiring', name, notAfter, daysLeft });
    }
  }
}
