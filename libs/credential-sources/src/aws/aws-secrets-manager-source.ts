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

import { DocumentCache, type NoticeListener } from '../documents/document-cache.ts';
import { parseCredential } from '../documents/parse-credential.ts';
import { SkippedDocuments, type SkippedDocumentListener } from '../documents/skipped-document.ts';
import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { abortAtDeadline } from './abort-at-deadline.ts';
import { hasNoCurrent, otherVersionsOf, type ListedSecret } from './listed-secret.ts';
import {
  isGone,
  isTransient,
  NO_CURRENT_VERSION,
  unreadableSecret,
  type SecretReading,
} from './secret-reading.ts';
import { SecretValues } from './secret-values.ts';
import { SecretsManagerCalls } from './secrets-manager-calls.ts';

const MAX_LISTING_TIME = millis(30_000);
/** Shorter, because an exchange waits for the result. */
const MAX_READ_TIME = millis(10_000);
const OVERDUE =
  'AWS Secrets Manager takes too long to answer. Check AWS_REGION, AWS_ENDPOINT_URL_SECRETS_MANAGER and the network.';
const CREDENTIALS_OVERDUE =
  'AWS credentials take too long to come, so Secrets Manager was not asked. Check the endpoint that issues them ' +
  '(STS, IMDS, the Pod Identity agent or the container endpoint), HTTPS_PROXY and the network.';

/** Why one secret can't be read. */
type Refusal = Pick<Extract<SecretReading, { status: 'refused' }>, 'code' | 'denial'>;

interface AwsSecretsManagerSourceParts {
  /**
   * Every secret whose name starts with this is a credential; the rest of the name is the credential's name.
   */
  readonly prefix: string;
  readonly allowedOrigins: AllowedOrigins;
  readonly clock: Clock;
  /** Receives each secret under the prefix whose remaining name is not a valid credential name. */
  readonly onSkipped?: SkippedDocumentListener;
  /** Receives what is odd about a document that can be used. */
  readonly onNotice?: NoticeListener;
  /** How long a listing may take. Default: 30 seconds. A single read takes at most 10 seconds. */
  readonly deadline?: Millis;
  /** Overrides what the SDK reads from its environment variables and files. */
  readonly clientConfig?: SecretsManagerClientConfig;
}

/**
 * Every secret under a prefix in AWS Secrets Manager is a credential. The version that a read returns as
 * AWSCURRENT is authoritative. A listing may be up to five minutes late (ListSecrets, AWS API reference), so
 * it only tells which secrets to read again.
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
    this.#documents = new DocumentCache(parts.allowedOrigins, parts.clock, parts.onNotice);
    this.#skipped = new SkippedDocuments(parts.onSkipped ?? (() => {}));
  }

  list(): Promise<readonly SourcedCredential[]> {
    return abortAtDeadline(
      this.#deadline,
      () => this.#overdue,
      (signal) => this.#readAll(signal),
    );
  }

  read(name: CredentialName, stage: SecretStage): Promise<SourcedCredential | null> {
    const deadline = millis(Math.min(this.#deadline, MAX_READ_TIME));
    return abortAtDeadline(
      deadline,
      () => this.#overdue,
      (signal) => this.#readOne(name, stage, signal),
    );
  }

  /** Never hints: Secrets Manager sends no notification of changes. */
  watch(): () => void {
    return () => {};
  }

  async #readAll(signal: AbortSignal): Promise<readonly SourcedCredential[]> {
    const { secrets, skipped } = await this.#calls.list(this.#parts.prefix, signal);
    this.#skipped.notice(skipped);
    const listed = [...secrets.values()];
    const refusals = new Map<CredentialName, Refusal>(
      listed.filter(hasNoCurrent).map(({ name }) => [name, { code: NO_CURRENT_VERSION }]),
    );
    const unread = listed.filter((secret) => !hasNoCurrent(secret) && !this.#isCached(secret));
    await this.#values.readAll(
      unread,
      ({ name }, reading) => {
        if (reading.status === 'refused') refusals.set(name, reading);
        else this.#documents.read(name, reading.version, reading.document);
      },
      signal,
    );
    this.#documents.keepOnly(new Set(secrets.keys()));
    this.#listed = secrets;
    return listed.map((secret) => this.#credential(secret, refusals.get(secret.name) ?? null));
  }

  #isCached({ name, versions }: ListedSecret): boolean {
    const cached = this.#documents.recall(name);
    return cached !== null && cached.version === versions?.AWSCURRENT;
  }

  /** After a transient AWS error the credential keeps its cached document. */
  #credential({ name, secretId, versions }: ListedSecret, refusal: Refusal | null): SourcedCredential {
    const cached = this.#documents.recall(name);
    if (cached !== null && (refusal === null || isTransient(refusal.code))) {
      return this.#describe(name, 'AWSCURRENT', cached.version, cached.content);
    }
    const problem = unreadableSecret(secretId, refusal?.code ?? NO_CURRENT_VERSION, refusal?.denial);
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
      const problem = unreadableSecret(secretId, reading.code, reading.denial);
      if (isTransient(reading.code)) throw new SourceUnavailable(problem.diagnosis);
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

  get #overdue(): string {
    return this.#calls.isWaitingForCredentials ? CREDENTIALS_OVERDUE : OVERDUE;
  }

  get #deadline(): Millis {
    return this.#parts.deadline ?? MAX_LISTING_TIME;
  }
}
