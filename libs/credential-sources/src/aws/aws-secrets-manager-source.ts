import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';

import {
  CredentialSource,
  millis,
  SourceUnavailable,
  type Clock,
  type CredentialName,
  type Millis,
  type SecretStage,
  type SourcedCredential,
} from '#libs/tokens';

import type { AllowedOrigins } from '../documents/allowed-origins.ts';
import { DocumentCache } from '../files/document-cache.ts';
import { hasNoCurrent, otherVersionsOf, type ListedSecret } from './listed-secret.ts';
import { parseCredential } from '../documents/parse-credential.ts';
import { isGone, isPassing, NO_CURRENT_VERSION, unreadableSecret } from './secret-reading.ts';
import { SecretValues } from './secret-values.ts';
import { SecretsManagerCalls } from './secrets-manager-calls.ts';
import { SkippedDocuments, type SkippedDocumentListener } from '../documents/skipped-document.ts';
import { withinDeadline } from '../within-deadline.ts';

const MAX_LISTING_TIME = millis(30_000);
/** Somebody waits with an exchange for it. */
const MAX_READ_TIME = millis(10_000);
const OVERDUE =
  'AWS Secrets Manager takes too long to answer. Check AWS_REGION, AWS_ENDPOINT_URL_SECRETS_MANAGER and the way there.';

interface AwsSecretsManagerSourceParts {
  /** Every secret whose name starts so is a credential; the rest of its name is the credential's. */
  readonly prefix: string;
  readonly allowedOrigins: AllowedOrigins;
  readonly clock: Clock;
  /** Hears of secrets under the prefix whose remaining name is none a credential can have. */
  readonly onSkipped?: SkippedDocumentListener;
  /** How long a look may take; 30 seconds where not given. */
  readonly deadline?: Millis;
  /** For the SDK, above what it finds in its environment variables and files. */
  readonly clientConfig?: SecretsManagerClientConfig;
}

/**
 * Every secret under a prefix in AWS Secrets Manager is a credential. What a read returns as AWSCURRENT is the truth: a
 * listing may be up to five minutes late (ListSecrets, AWS API reference), and only says whether to read again.
 */
export class AwsSecretsManagerSource extends CredentialSource {
  readonly #parts: AwsSecretsManagerSourceParts;
  readonly #calls: SecretsManagerCalls;
  readonly #values: SecretValues;
  readonly #documents: DocumentCache;
  readonly #skipped: SkippedDocuments;
  /** The last complete listing. */
  #listed: ReadonlyMap<CredentialName, ListedSecret> = new Map();

  constructor(parts: AwsSecretsManagerSourceParts) {
    super();
    this.#parts = parts;
    this.#calls = new SecretsManagerCalls(parts.clientConfig ?? {});
    this.#values = new SecretValues(this.#calls, parts.clock);
    this.#documents = new DocumentCache(parts.allowedOrigins, parts.clock);
    this.#skipped = new SkippedDocuments(parts.onSkipped ?? (() => {}));
  }

  list(): Promise<readonly SourcedCredential[]> {
    return withinDeadline(this.#deadline, OVERDUE, (signal) => this.#look(signal));
  }

  read(name: CredentialName, stage: SecretStage): Promise<SourcedCredential | null> {
    const deadline = millis(Math.min(this.#deadline, MAX_READ_TIME));
    return withinDeadline(deadline, OVERDUE, (signal) => this.#readOne(name, stage, signal));
  }

  /** Never hints: Secrets Manager tells nobody of changes by itself. */
  watch(): () => void {
    return () => {};
  }

  async #look(signal: AbortSignal): Promise<readonly SourcedCredential[]> {
    const { secrets, skipped } = await this.#calls.list(this.#parts.prefix, signal);
    this.#skipped.notice(skipped);
    const listed = [...secrets.values()];
    const refusals = new Map<CredentialName, string>(
      listed.filter(hasNoCurrent).map(({ name }) => [name, NO_CURRENT_VERSION]),
    );
    const unread = listed.filter((secret) => !hasNoCurrent(secret) && !this.#isHeld(secret));
    await this.#values.readAll(
      unread,
      ({ name }, reading) => {
        if (reading.status === 'refused') refusals.set(name, reading.code);
        else this.#documents.read(name, reading.version, reading.document);
      },
      signal,
    );
    this.#documents.keepOnly(new Set(secrets.keys()));
    this.#listed = secrets;
    return listed.map((secret) => this.#credential(secret, refusals.get(secret.name) ?? null));
  }

  #isHeld({ name, versions }: ListedSecret): boolean {
    const held = this.#documents.recall(name);
    return held !== null && held.version === versions?.AWSCURRENT;
  }

  /** A secret that AWS fails at for the moment stays as it was. */
  #credential({ name, secretId, versions }: ListedSecret, refusal: string | null): SourcedCredential {
    const held = this.#documents.recall(name);
    if (held !== null && (refusal === null || isPassing(refusal))) {
      return this.#describe(name, 'AWSCURRENT', held.version, held.content);
    }
    const problem = unreadableSecret(secretId, refusal ?? NO_CURRENT_VERSION);
    return this.#describe(name, 'AWSCURRENT', versions?.AWSCURRENT ?? null, problem);
  }

  async #readOne(
    name: CredentialName,
    stage: SecretStage,
    signal: AbortSignal,
  ): Promise<SourcedCredential | null> {
    const { prefix, allowedOrigins, clock } = this.#parts;
    const secretId = `${prefix}${name}`;
    const reading = await this.#values.read(secretId, stage, signal);
    if (reading.status === 'refused') {
      if (isGone(reading.code)) return null;
      const problem = unreadableSecret(secretId, reading.code);
      if (isPassing(reading.code)) throw new SourceUnavailable(problem.diagnosis);
      return this.#describe(name, stage, this.#listed.get(name)?.versions?.[stage] ?? null, problem);
    }
    const { version, document } = reading;
    const content =
      stage === 'AWSCURRENT'
        ? this.#documents.read(name, version, document)
        : parseCredential(document, { allowedOrigins, now: clock.now() });
    return this.#describe(name, stage, version, content);
  }

  #describe(
    name: CredentialName,
    stage: SecretStage,
    version: string | null,
    content: SourcedCredential['content'],
  ): SourcedCredential {
    const otherVersions = otherVersionsOf(this.#listed.get(name), version);
    return { name, version: version ?? 'unreadable', stage, content, otherVersions };
  }

  get #deadline(): Millis {
    return this.#parts.deadline ?? MAX_LISTING_TIME;
  }
}
