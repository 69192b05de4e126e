import { hash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  CredentialSource,
  errorCode,
  exposureOf,
  millis,
  printable,
  SourceUnavailable,
  toCredentialName,
  type Clock,
  type CredentialName,
  type CredentialProblem,
  type Millis,
  type OtherVersions,
  type SecretStage,
  type SourcedCredential,
  type SourceOmissions,
} from '#libs/tokens';

import { DocumentCache, type NoticeListener } from '../documents/document-cache.ts';
import { EmptySource, type EmptySourceListener } from '../documents/empty-source.ts';
import { MAX_NAME, SkippedDocuments, type SkippedDocumentListener } from '../documents/skipped-document.ts';
import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { BoundedRead } from './bounded-read.ts';
import { readDocumentFile } from './document-file.ts';
import { ExposedFiles } from './exposed-files.ts';
import { FolderChanges } from './folder-changes.ts';

const EXTENSION = '.json';
const MAX_LISTING_TIME = millis(10_000);
const MAX_ATTEMPTS = 5;
/** How many names of skipped files a warning lists. */
const MAX_NAMES = 5;
/** Programs that write files leave such names for a moment, and editors leave them behind. */
const TEMPORARY = /^#|~$|\.(tmp|swp|swx|part|bak)(\W|$)/i;
const NO_OTHER_VERSIONS: OtherVersions = { pending: null, previous: null };

interface FileCredentialSourceParts {
  readonly folder: string;
  readonly allowedOrigins: AllowedOrigins;
  readonly clock: Clock;
  /** Receives each file that is not named NAME.json with a valid credential name. */
  readonly onSkipped?: SkippedDocumentListener;
  /** Receives why a listing has no credential. */
  readonly onEmpty?: EmptySourceListener;
  /** Receives what is odd about a document that can be used. */
  readonly onNotice?: NoticeListener;
  /** How long a listing or a read may take. Default: 10 seconds. */
  readonly deadline?: Millis;
}

/**
 * Every NAME.json in a folder is the credential NAME. It ignores other files, names that start with a dot and
 * sub-folders.
 */
export class FileCredentialSource extends CredentialSource {
  readonly #folder: string;
  readonly #documents: DocumentCache;
  readonly #exposures: ExposedFiles;
  readonly #skipped: SkippedDocuments;
  readonly #empty: EmptySource;
  readonly #changes: FolderChanges;
  readonly #reads: BoundedRead;

  constructor({
    folder,
    allowedOrigins,
    clock,
    onSkipped,
    onNotice,
    onEmpty,
    deadline,
  }: FileCredentialSourceParts) {
    super();
    this.#folder = folder;
    this.#documents = new DocumentCache(allowedOrigins, clock, onNotice);
    this.#exposures = new ExposedFiles(onNotice);
    this.#skipped = new SkippedDocuments(onSkipped ?? (() => {}), `NAME${EXTENSION}`);
    this.#empty = new EmptySource(onEmpty);
    this.#changes = new FolderChanges(folder);
    this.#reads = new BoundedRead(
      deadline ?? MAX_LISTING_TIME,
      `The folder ${folder} took too long to read. Check the disk or the network mount that holds it.`,
    );
  }

  list(): Promise<readonly SourcedCredential[]> {
    return this.#reads.run(() => this.#listFolder());
  }

  async read(name: CredentialName, stage: SecretStage): Promise<SourcedCredential | null> {
    if (stage !== 'AWSCURRENT') return null;
    return this.#reads.run(async () => {
      const credential = await this.#readOne(name);
      // Throws when the whole folder is gone: then the missing file does not mean that the credential was
      // removed.
      if (credential === null) await this.#files();
      return credential;
    });
  }

  override get omissions(): SourceOmissions {
    return { skipped: this.#skipped.entries, whyEmpty: this.#empty.diagnosis };
  }

  watch(hint: () => void): () => void {
    return this.#changes.subscribe(hint);
  }

  async #listFolder(): Promise<readonly SourcedCredential[]> {
    await this.#changes.rearm();
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const names = await this.#names();
      const credentials = await this.#readAll(names);
      if (credentials === null) continue;
      this.#documents.keepOnly(new Set(names));
      return credentials;
    }
    throw new SourceUnavailable(
      `The files in the folder ${this.#folder} keep vanishing while they are read. Wait until the program that writes them is done.`,
    );
  }

  async #names(): Promise<readonly CredentialName[]> {
    const all = (await this.#files()).filter((file) => !file.startsWith('.'));
    const nameOf = (file: string): CredentialName | null =>
      file.endsWith(EXTENSION) ? toCredentialName(file.slice(0, -EXTENSION.length)) : null;
    const names = all.map(nameOf).filter((name) => name !== null);
    this.#skipped.notice(all.filter((file) => nameOf(file) === null && !TEMPORARY.test(file)));
    this.#empty.notice(names.length > 0 ? null : whyEmpty(this.#folder, all));
    return names;
  }

  /** Folders count only where they have the name of a document, so that the mistake is seen. */
  async #files(): Promise<readonly string[]> {
    try {
      const entries = await readdir(this.#folder, { withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory() || entry.name.endsWith(EXTENSION))
        .map(({ name }) => name)
        .sort();
    } catch (error) {
      throw new SourceUnavailable(
        `The folder ${this.#folder} can't be listed (${errorCode(error) ?? 'unknown error'}). ` +
          'Check that CREDENTIAL_DIR names the right folder, that it is mounted, and that this process may read it.',
        { cause: error },
      );
    }
  }

  /**
   * Reads one file after the other, so that a mount that hangs blocks one thread. Null when a listed file has
   * vanished.
   */
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
        this.#exposures.notice(name, exposureOf(`${name}${EXTENSION}`, file.mode));
        const version = hash('sha256', file.bytes, 'hex').slice(0, 16);
        return { ...about, version, content: this.#documents.read(name, version, file.bytes) };
      }
    }
  }
}

/** Names the files, which hold no secret in their names, so that a wrong extension is seen at once. */
function whyEmpty(folder: string, files: readonly string[]): string {
  if (files.length === 0)
    return `${folder} is empty. Check CREDENTIAL_DIR, and that the volume is mounted there.`;
  const shown = files
    .slice(0, MAX_NAMES)
    .map((file) => JSON.stringify(printable(file, MAX_NAME)))
    .join(', ');
  const more = files.length > MAX_NAMES ? ` and ${files.length - MAX_NAMES} more` : '';
  return (
    `${folder} holds ${files.length} ${files.length === 1 ? 'file' : 'files'}, none named NAME.json with NAME a ` +
    `credential's name: skipped ${shown}${more}. Rename them.`
  );
}

function unreadable(name: CredentialName, reason: string): CredentialProblem {
  return {
    kind: 'problem',
    documentKind: null,
    code: 'credential_unreadable',
    diagnosis: `The file ${name}${EXTENSION} can't be read (${reason}). Check that it is a file and that this process may read it.`,
  };
}
