import { ApiError } from './api-error.ts';
import type { RequestOf } from './requests.ts';
import type { StoredSecret } from './stored-secret.ts';

type Entry = Record<string, unknown>;

/** Lists secrets page by page; may lag behind, as AWS's own listings do by up to five minutes. */
export class Listings {
  readonly #secrets: ReadonlyMap<string, StoredSecret>;
  #frozen: readonly Entry[] | null = null;
  #hasVersions = true;
  readonly #hidden = new Set<string>();

  constructor(secrets: ReadonlyMap<string, StoredSecret>) {
    this.#secrets = secrets;
  }

  /** From now on listings show what there is at this moment. */
  freeze(): void {
    this.#frozen = this.#all();
  }

  /** From now on listings omit a secret that exists, as after it was restored. */
  hide(name: string): void {
    this.#hidden.add(name);
  }

  thaw(): void {
    this.#hidden.clear();
    this.#frozen = null;
  }

  /** From now on listings do not tell the versions, as other implementations' may not. */
  leaveOutVersions(): void {
    this.#hasVersions = false;
  }

  page(request: RequestOf<'ListSecrets'>): Entry {
    const { Filters = [], MaxResults = 100, NextToken, IncludePlannedDeletion = false } = request;
    const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
    if (!Number.isInteger(start)) {
      throw new ApiError('InvalidNextTokenException', 'The NextToken value is invalid.');
    }
    const all = (this.#frozen ?? this.#all()).filter(
      ({ Name, DeletedDate }) =>
        !this.#hidden.has(String(Name)) &&
        (IncludePlannedDeletion || DeletedDate === undefined) &&
        Filters.every(({ Values }) => Values.some((text) => matches(String(Name), text))),
    );
    const end = start + MaxResults;
    const more = end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {};
    return { SecretList: all.slice(start, end), ...more };
  }

  #all(): Entry[] {
    return [...this.#secrets.values()].map((secret) => ({
      ...describe(secret),
      ...(this.#hasVersions ? { SecretVersionsToStages: secret.versionsToStages() } : {}),
    }));
  }
}

/** AWS's filter `name`: a prefix, case-sensitive; with "!" in front everything else. */
function matches(name: string, filter: string): boolean {
  return filter.startsWith('!') ? !name.startsWith(filter.slice(1)) : name.startsWith(filter);
}

/** AWS writes times as seconds since the epoch. */
export const seconds = (millis: number): number => millis / 1000;

export const ids = ({ arn, name }: StoredSecret): Entry => ({ ARN: arn, Name: name });

/** What listings and DescribeSecret have in common. */
export function describe(secret: StoredSecret): Entry {
  return {
    ...ids(secret),
    CreatedDate: seconds(secret.createdAt),
    LastChangedDate: seconds(secret.changedAt),
    ...(secret.primaryRegion === null ? {} : { PrimaryRegion: secret.primaryRegion }),
    ...(secret.deletedAt === null ? {} : { DeletedDate: seconds(secret.deletedAt) }),
  };
}
