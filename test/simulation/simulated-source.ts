import {
  CredentialSource,
  Secret,
  type CredentialName,
  type SecretStage,
  type SourcedCredential,
} from '#libs/tokens';

import { brokenDocument, oauthDocument } from '../support/tokens/documents.ts';
import type { Line } from './line.ts';

/** The quality of a new version: its exchange works, IMS refuses it, or it is not readable. */
export type Worth = 'good' | 'refused' | 'broken';

/** Where the documents are kept: each with its version before, as AWS Secrets Manager has it. */
export class SimulatedSource {
  readonly #current = new Map<CredentialName, SourcedCredential>();
  readonly #previous = new Map<CredentialName, SourcedCredential>();
  readonly #worth = new Map<string, Worth>();
  /** When a credential was taken out, in virtual milliseconds. */
  readonly dropped = new Map<CredentialName, number>();
  #versions = 0;

  get(name: CredentialName): SourcedCredential | undefined {
    return this.#current.get(name);
  }

  worth(name: CredentialName): Worth | undefined {
    return this.#worth.get(this.#current.get(name)?.version ?? '');
  }

  isRefused(version: string): boolean {
    return this.#worth.get(version) === 'refused';
  }

  rotate(name: CredentialName, worth: Worth): void {
    this.#versions += 1;
    const version = `v${this.#versions}-${worth}`;
    const before = this.#current.get(name);
    if (before !== undefined) this.#previous.set(name, before);
    const otherVersions = { pending: null, previous: before?.version ?? null };
    this.#worth.set(version, worth);
    this.#current.set(name, { ...documentOf(name, version, worth), otherVersions });
    this.dropped.delete(name);
  }

  drop(name: CredentialName, now: number): void {
    this.#current.delete(name);
    this.#previous.delete(name);
    this.dropped.set(name, now);
  }

  list(): readonly SourcedCredential[] {
    return [...this.#current.values()];
  }

  read(name: CredentialName, stage: SecretStage): SourcedCredential | null {
    if (stage === 'AWSPENDING') return null;
    return (stage === 'AWSCURRENT' ? this.#current : this.#previous).get(name) ?? null;
  }
}

/** IMS tells versions apart by their secret. */
function documentOf(name: CredentialName, version: string, worth: Worth): SourcedCredential {
  if (worth === 'broken') return brokenDocument(name, version);
  const document = oauthDocument(name, version);
  if (document.content.kind !== 'oauth') throw new Error('an OAuth document was asked for');
  return { ...document, content: { ...document.content, clientSecrets: [new Secret(version)] } };
}

/** The source as one replica reaches it. */
export class SourceLine extends CredentialSource {
  readonly #line: Line;
  readonly #source: SimulatedSource;
  /** How many listings without it this replica has had since each credential was taken out. */
  readonly misses = new Map<CredentialName, number>();

  constructor(line: Line, source: SimulatedSource) {
    super();
    this.#line = line;
    this.#source = source;
  }

  override async list(): Promise<readonly SourcedCredential[]> {
    const { listing, dropped } = await this.#line.ask('list the source', async () => ({
      listing: this.#source.list(),
      dropped: [...this.#source.dropped.keys()],
    }));
    for (const { name } of listing) this.misses.delete(name);
    for (const name of dropped) this.misses.set(name, (this.misses.get(name) ?? 0) + 1);
    return listing;
  }

  override read(name: CredentialName, stage: SecretStage): Promise<SourcedCredential | null> {
    return this.#line.ask(`read ${stage} of ${name}`, async () => this.#source.read(name, stage));
  }

  override watch(): () => void {
    return () => undefined;
  }
}
