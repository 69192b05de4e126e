import { randomUUID } from 'node:crypto';

import { ApiError, invalidRequest, notFound } from './api-error.ts';
import type { Faults } from './faults.ts';
import { describe, ids, Listings, seconds } from './listings.ts';
import type { Action, RequestOf } from './requests.ts';
import { StoredSecret } from './stored-secret.ts';

type Answer = Record<string, unknown>;
type Handlers = { readonly [A in Action]: (request: RequestOf<A>) => Answer };

const DAY = 86_400_000;

/** The secrets of one account and region, and what each action does with them. */
export class SecretStore {
  readonly #region: string;
  readonly #faults: Faults;
  readonly #secrets = new Map<string, StoredSecret>();
  /** Whose values were handed out, in order, by name. */
  readonly valuesRead: string[] = [];
  readonly listings = new Listings(this.#secrets);

  readonly handlers: Handlers = {
    CreateSecret: ({ Name, ClientRequestToken, ...value }) => {
      const existing = this.#secrets.get(Name);
      if (existing !== undefined && existing.deletedAt !== null) {
        throw invalidRequest(
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      }
      if (existing !== undefined) {
        throw new ApiError(
          'ResourceExistsException',
          `The operation failed because the secret ${Name} already exists.`,
        );
      }
      const secret = new StoredSecret(Name, this.#region);
      this.#secrets.set(Name, secret);
      if (value.SecretString === undefined && value.SecretBinary === undefined) return ids(secret);
      const VersionId = ClientRequestToken ?? randomUUID();
      secret.put(VersionId, value, ['AWSCURRENT']);
      return { ...ids(secret), VersionId };
    },
    PutSecretValue: ({ SecretId, ClientRequestToken, VersionStages = ['AWSCURRENT'], ...value }) => {
      const secret = this.#live(SecretId);
      const VersionId = ClientRequestToken ?? randomUUID();
      secret.put(VersionId, value, VersionStages);
      return { ...ids(secret), VersionId, VersionStages };
    },
    UpdateSecretVersionStage: ({ SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId }) => {
      const secret = this.#live(SecretId);
      secret.move(VersionStage, MoveToVersionId, RemoveFromVersionId);
      return ids(secret);
    },
    DeleteSecret: ({ SecretId, RecoveryWindowInDays = 30, ForceDeleteWithoutRecovery }) => {
      const secret = this.#live(SecretId);
      secret.deletedAt = Date.now() + RecoveryWindowInDays * DAY;
      if (ForceDeleteWithoutRecovery === true) this.#secrets.delete(secret.name);
      return { ...ids(secret), DeletionDate: seconds(secret.deletedAt) };
    },
    RestoreSecret: ({ SecretId }) => {
      const secret = this.#find(SecretId);
      secret.deletedAt = null;
      return ids(secret);
    },
    DescribeSecret: ({ SecretId }) => {
      const secret = this.#find(SecretId);
      return { ...describe(secret), VersionIdsToStages: secret.versionsToStages() };
    },
    ListSecrets: (request) => this.listings.page(request),
    GetSecretValue: ({ SecretId, VersionId, VersionStage }) => this.#value(SecretId, VersionId, VersionStage),
    BatchGetSecretValue: ({ SecretIdList }) => {
      const SecretValues: Answer[] = [];
      const Errors: Answer[] = [];
      for (const SecretId of SecretIdList) {
        try {
          SecretValues.push(this.#value(SecretId));
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
        }
      }
      return { SecretValues, Errors };
    },
  };

  constructor(region: string, faults: Faults) {
    this.#region = region;
    this.#faults = faults;
  }

  #value(id: string, versionId?: string, stage?: string): Answer {
    const secret = this.#find(id);
    const fault = this.#faults.meet('GetSecretValue', secret.name);
    if (fault instanceof ApiError) throw fault;
    const version = secret.version(versionId, stage);
    this.valuesRead.push(secret.name);
    return {
      ...ids(secret),
      VersionId: version.id,
      VersionStages: [...version.stages],
      CreatedDate: seconds(version.createdAt),
      ...version.value,
    };
  }

  makeReplica(name: string, primaryRegion: string): void {
    this.#find(name).primaryRegion = primaryRegion;
  }

  #live(id: string): StoredSecret {
    const secret = this.#find(id);
    if (secret.deletedAt === null) return secret;
    throw invalidRequest(
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }

  #find(id: string): StoredSecret {
    const secret = this.#secrets.get(id) ?? [...this.#secrets.values()].find(({ arn }) => arn === id);
    if (secret === undefined) throw notFound();
    return secret;
  }
}
