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
  type SourceOmissions,
} from '#libs/tokens';

import { DocumentCache, type NoticeListener } from '../documents/document-cache.ts';
import { parseCredential } from '../documents/parse-credential.ts';
import { SkippedDocuments, type SkippedDocumentListener } from '../documents/skipped-document.ts';
import type { AllowedOrigins } from '../origins/allowed-origins.ts';
import { EmptySource, type EmptySourceListener } from '../documents/empty-source.ts';
import { abortAtDeadline } from './abort-at-deadline.ts';
import { whyEmpty } from './why-empty.ts';
import { otherVersionsOf, type ListedSecret, type SecretListing } from './listed-secret.ts';
import { isGone, isTransient, NO_CURRENT_VERSION, unreadableSecret } from './secret-reading.ts';
import { SecretRound, type SecretRefusal } from './secret-round.ts';
import { namedSecrets } from './named-secrets.ts';
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

interface AwsSecretsManagerSourceParts {
  /**
   * Every secret whose name starts with this is a credential; the rest of the name is the credential's name.
   */
  readonly prefix: string;
  /** Names or ARNs of secrets to read instead of listing. */
  readonly secretNames?: readonly string[] | undefined;
  readonly allowedOrigins: AllowedOrigins;
  readonly clock: Clock;
  /** Receives each secret under the prefix whose remaining name is not a valid credential name. */
  readonly onSkipped?: SkippedDocumentListener;
  /** Receives why a listing has no credential. */
  readonly onEmpty?: EmptySourceListener;
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
  readonly #empty: EmptySource;
  /** Null when the secrets are listed. */
  readonly #named: ReadonlyMap<CredentialName, ListedSecret> | null;
  /** The last complete listing. */
  #listed: ReadonlyMap<CredentialName, ListedSecret> = new Map();

  constructor(parts: AwsSecretsManagerSourceParts) {
    super();
    this.#parts = parts;
    this.#calls = new SecretsManagerCalls(parts.clientConfig ?? {});
    this.#values = new SecretValues(this.#calls, parts.clock);
    this.#documents = new DocumentCache(parts.allowedOrigins, parts.clock, parts.onNotice);
    this.#skipped = new SkippedDocuments(parts.onSkipped ?? (() => {}), `${parts.prefix}NAME`);
    this.#empty = new EmptySource(parts.onEmpty);
    this.#named = parts.secretNames === undefined ? null : namedSecrets(parts.secretNames, parts.prefix);
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

  override get omissions(): SourceOmissions {
    return { skipped: this.#skipped.entries, whyEmpty: this.#empty.diagnosis };
  }

  /** Never hints: Secrets Manager sends no notification of changes. */
  watch(): () => void {
    return () => {};
  }

  async #readAll(signal: AbortSignal): Promise<readonly SourcedCredential[]> {
    const { secrets, skipped } = await this.#find(signal);
    this.#skipped.notice(skipped);
    const round = new SecretRound(secrets, this.#documents, this.#named !== null);
    await this.#values.readAll(
      round.unread(this.#listed),
      (secret, reading) => round.take(secret, reading),
      signal,
    );
    const found = round.secrets;
    this.#documents.keepOnly(new Set(found.keys()));
    this.#listed = found;
    this.#empty.notice(found.size > 0 ? null : await this.#whyEmpty());
    return [...found.values()].map((secret) => this.#credential(secret, round.refusalOf(secret.name)));
  }

  /** The secrets to read: those that the configuration names, else those of a listing. */
  async #find(signal: AbortSignal): Promise<SecretListing> {
    return this.#named === null
      ? this.#calls.list(this.#parts.prefix, signal)
      : { secrets: this.#named, skipped: [] };
  }

  async #whyEmpty(): Promise<string> {
    return whyEmpty({
      region: await this.#calls.region(),
      prefix: this.#parts.prefix,
      isNamed: this.#named !== null,
      skipped: this.#skipped.entries,
    });
  }

  /** After a transient AWS error the credential keeps its cached document. */
  #credential({ name, secretId, versions }: ListedSecret, refusal: SecretRefusal | null): SourcedCredential {
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
    const named = this.#named?.get(name);
    if (this.#named !== null && named === undefined) return null;
    const secretId = named?.secretId ?? `${prefix}${name}`;
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
