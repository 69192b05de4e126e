import { randomBytes } from 'node:crypto';

import { ApiError, invalidParameter, invalidRequest, notFound } from './api-error.ts';

/** A value as it travels: text, or bytes in base64. */
export interface SecretValue {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}

interface Version {
  readonly id: string;
  readonly value: SecretValue;
  readonly createdAt: number;
  readonly stages: Set<string>;
}

/**
 * One secret with its versions, under AWS's rules for staging labels (User Guide, "What's in a Secrets
 * Manager secret?").
 */
export class StoredSecret {
  readonly name: string;
  readonly arn: string;
  readonly createdAt = Date.now();
  changedAt = Date.now();
  /** Set for a replica. */
  primaryRegion: string | null = null;
  deletedAt: number | null = null;
  readonly #versions = new Map<string, Version>();

  constructor(name: string, region: string) {
    this.name = name;
    // AWS appends six random characters, so that a secret created again has another ARN.
    const suffix = randomBytes(3).toString('hex');
    this.arn = `arn:aws:secretsmanager:${region}:123456789012:secret:${name}-${suffix}`;
  }

  /**
   * Adds a version. Repeating it with the same value changes nothing; a label is on one version at a time.
   */
  put(id: string, value: SecretValue, stages: readonly string[]): void {
    const existing = this.#versions.get(id);
    if (existing !== undefined && JSON.stringify(existing.value) !== JSON.stringify(value)) {
      throw new ApiError(
        'ResourceExistsException',
        "You can't use ClientRequestToken " +
          `${id} because that value is already in use for a version of secret ${this.arn}.`,
      );
    }
    if (existing === undefined) {
      this.#versions.set(id, { id, value, createdAt: Date.now(), stages: new Set() });
    }
    // The first version gets AWSCURRENT, regardless of the requested label.
    const labels = this.#versions.size === 1 ? new Set([...stages, 'AWSCURRENT']) : stages;
    for (const stage of labels) this.#label(stage, id);
  }

  /** UpdateSecretVersionStage. */
  move(stage: string, to: string | undefined, from: string | undefined): void {
    const holder = this.#holder(stage)?.id;
    if (from !== undefined && from !== holder) {
      throw invalidParameter(`Staging label ${stage} is not currently attached to version ${from}.`);
    }
    if (to === undefined) {
      if (stage === 'AWSCURRENT') throw invalidParameter("You can't remove the staging label AWSCURRENT.");
      this.#versions.get(holder ?? '')?.stages.delete(stage);
      return;
    }
    if (!this.#versions.has(to)) throw notFound('secret version');
    if (holder !== undefined && holder !== to && from === undefined) {
      throw invalidParameter(
        `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is attached.`,
      );
    }
    this.#label(stage, to);
  }

  /** The version a request names by id, by label, or by neither (AWSCURRENT). */
  version(id: string | undefined, stage: string | undefined): Version {
    if (this.deletedAt !== null) {
      throw invalidRequest(
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    const version = id === undefined ? this.#holder(stage ?? 'AWSCURRENT') : this.#versions.get(id);
    if (version === undefined) {
      throw notFound(
        `secret value for ${id === undefined ? `staging label: ${stage ?? 'AWSCURRENT'}` : `VersionId: ${id}`}`,
      );
    }
    if (id !== undefined && stage !== undefined && !version.stages.has(stage)) {
      throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
    }
    return version;
  }

  /** Version ids and their labels; versions without a label are left out. */
  versionsToStages(): Record<string, string[]> {
    const labelled = [...this.#versions.values()].filter(({ stages }) => stages.size > 0);
    return Object.fromEntries(labelled.map(({ id, stages }) => [id, [...stages]]));
  }

  #holder(stage: string): Version | undefined {
    return [...this.#versions.values()].find(({ stages }) => stages.has(stage));
  }

  #label(stage: string, id: string): void {
    const holder = this.#holder(stage);
    if (holder?.id === id) return;
    holder?.stages.delete(stage);
    this.#versions.get(id)?.stages.add(stage);
    this.changedAt = Date.now();
    if (stage === 'AWSCURRENT' && holder !== undefined) this.#label('AWSPREVIOUS', holder.id);
  }
}
