import { hash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  CredentialSource,
  millis,
  SourceUnavailable,
  toCredentialName,
  type Clock,
  type CredentialName,
  type CredentialProblem,
  type Millis,
  type OtherVersions,
  type SecretStage,
  type SourcedCredential,
} from '#libs/tokens';

import type { AllowedOrigins } from '../documents/allowed-origins.ts';
import { BoundedLook } from './bounded-look.ts';
import { DocumentCache } from './document-cache.ts';
import { errorCode, readDocumentFile } from './document-file.ts';
import { FolderHints } from './folder-hints.ts';
import { SkippedDocuments, type SkippedDocumentListener } from '../documents/skipped-document.ts';

const EXTENSION = '.json';
const MAX_LISTING_TIME = millis(10_000);
const MAX_ATTEMPTS = 5;
const NO_OTHER_VERSIONS: OtherVersions = { pending: null, previous: null };

interface FileCredentialSourceParts {
  readonly folder: string;
  readonly allowedOrigins: AllowedOrigins;
  readonly clock: Clock;
  /** Hears of files NAME.json whose NAME is none. */
  readonly onSkipped?: SkippedDocumentListener;
  /** How long a look may take; 10 seconds where not given. */
  readonly deadline?: Millis;
}

/** Every NAME.json in a folder is the credential NAME. Other files, files that start with a dot and sub-folders are none of its business. */
export class FileCredentialSource extends CredentialSource {
  readonly #folder: string;
  readonly #documents: DocumentCache;
  readonly #skipped: SkippedDocuments;
  readonly #hints: FolderHints;
  readonly #looks: BoundedLook;

  constructor({ folder, allowedOrigins, clock, onSkipped, deadline }: FileCredentialSourceParts) {
    super();
    this.#folder = folder;
    this.#documents = new DocumentCache(allowedOrigins, clock);
    this.#skipped = new SkippedDocuments(onSkipped ?? (() => {}));
    this.#hints = new FolderHints(folder);
    this.#looks = new BoundedLook(
      deadline ?? MAX_LISTING_TIME,
      `The folder ${folder} took too long to read. Check the disk or the network mount that holds it.`,
    );
  }

  list(): Promise<readonly SourcedCredential[]> {
    return this.#looks.run(() => this.#look());
  }

  async read(name: CredentialName, stage: SecretStage): Promise<SourcedCredential | null> {
    if (stage !== 'AWSCURRENT') return null;
    return this.#looks.run(async () => {
      const credential = await this.#readOne(name);
      // A file that is not there says nothing where the whole folder is gone.
      if (credential === null) await this.#files();
      return credential;
    });
  }

  watch(hint: () => void): () => void {
    return this.#hints.subscribe(hint);
  }

  async #look(): Promise<readonly SourcedCredential[]> {
    await this.#hints.rearm();
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const names = await this.#names();
      const credentials = await this.#readAll(names);
      if (credentials === null) continue;
      this.#documents.keepOnly(new Set(names));
      return credentials;
    }
    throw new SourceUnavailable(
      `The files in the folder ${this.#folder} keep vanishing while they are read. Let whatever writes them finish.`,
    );
  }

  async #names(): Promise<readonly CredentialName[]> {
    const files = (await this.#files()).filter((file) => !file.startsWith('.') && file.endsWith(EXTENSION));
    const nameOf = (file: string): CredentialName | null =>
      toCredentialName(file.slice(0, -EXTENSION.length));
    this.#skipped.notice(files.filter((file) => nameOf(file) === null));
    return files.map(nameOf).filter((name) => name !== null);
  }

  async #files(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#folder)).sort();
    } catch (error) {
      throw new SourceUnavailable(
        `The folder ${this.#folder} can't be listed (${errorCode(error)}). ` +
          'Check that CREDENTIAL_DIR names the right folder, that it is mounted, and that this process may read it.',
        { cause: error },
      );
    }
  }

  /** One after the other, so that a hanging mount holds one thread. Null where a listed file has vanished: then the listing is no longer true. */
  async #readAll(names: readonly CredentialName[]): Promise<readonly SourcedCredential[] | null> {
    const credentials: SourcedCredential[] = [];
    for (const name of names) {
      const credential = await this.#readOne(name);
      if (credential === null) return null;
      credentials.push(credential);
    }
    return credentials;
  }

  async #readOne(name: CredentialName): Promise<SourcedCredential | null> {
    const about = { name, stage: 'CURRENT', otherVersions: NO_OTHER_VERSIONS };
    const file = await readDocumentFile(join(this.#folder, `${name}${EXTENSION}`));
    switch (file.status) {
      case 'vanished':
        return null;
      case 'unreadable':
        return { ...about, version: 'unreadable', content: unreadable(name, file.reason) };
      case 'read': {
        const version = hash('sha256', file.bytes, 'hex').slice(0, 16);
        return { ...about, version, content: this.#documents.read(name, version, file.bytes) };
      }
    }
  }
}

function unreadable(name: CredentialName, reason: string): CredentialProblem {
  return {
    kind: 'problem',
    documentKind: null,
    code: 'credential_unreadable',
    diagnosis: `The file ${name}${EXTENSION} can't be read (${reason}). Check that it is a file and that this process may read it.`,
  };
}
