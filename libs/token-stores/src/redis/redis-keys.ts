import type { CredentialName, ExchangeCause } from '#libs/tokens';

/** Field of the catalog. */
export const LISTED_FIELD = 'listed';

const PREFIX = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/**
 * Checks REDIS_KEY_PREFIX. Braces in it would move every credential into one slot of a Redis Cluster.
 * @throws Error with the rule
 */
export function parseKeyPrefix(text: string): string {
  if (PREFIX.test(text)) return text;
  throw new Error(
    'must be 1 to 64 characters: letters, digits, ".", "_", ":" and "-", starting with a letter or digit',
  );
}

/**
 * The Redis keys and channels. No command uses keys of two credentials, as a Cluster may keep them on
 * different nodes.
 */
export class RedisKeys {
  readonly prefix: string;
  /**
   * Hash of all credentials: `g:NAME` generation, `r:NAME` status record (`at` and JSON), `x:NAME` removal
   * (epoch seconds and generation). `listed` is set once a process has listed its credential source
   * completely. All are signed; see RecordMac.
   */
  readonly catalog: string;
  /** The catalog of earlier versions, whose records were not signed. */
  readonly unsignedCatalog: string;
  /** Hash with the sealed `report` of the last poll of a credential source. */
  readonly source: string;
  /** Channel for names of changed credentials. */
  readonly changes: string;

  constructor(prefix: string) {
    this.prefix = parseKeyPrefix(prefix);
    this.catalog = `${prefix}:credentials`;
    this.unsignedCatalog = `${prefix}:catalog`;
    this.source = `${prefix}:source`;
    this.changes = `${prefix}:changes`;
  }

  /**
   * Hash: `generation`, and unless removed `sealed` and `ends`, the expiry of the token (epoch milliseconds).
   * The braces are Redis Cluster's hash tag: all keys of a credential are in one slot.
   */
  token(name: CredentialName): string {
    return `${this.prefix}:{${name}}:token`;
  }

  /** Random owner of the exchange lease and its end by the clock of Redis; signed, with an expiry. */
  lease(name: CredentialName): string {
    return `${this.prefix}:{${name}}:lease`;
  }

  /** Set after a warning about a credential, so that it is given once; signed. */
  mark(name: CredentialName, mark: string): string {
    return `${this.prefix}:{${name}}:mark:${mark}`;
  }

  /** Hash of earlier tokens: `GENERATION` to expiry (epoch milliseconds), a space and the sealed token. */
  earlier(name: CredentialName): string {
    return `${this.prefix}:{${name}}:earlier`;
  }

  /** Recent exchanges that callers caused: a signed JSON array of `{"at","caller"}`. */
  budget(name: CredentialName, cause: ExchangeCause): string {
    return `${this.prefix}:{${name}}:budget:${cause}`;
  }

  /** Set after IMS invalidated a token; sealed, so that only a process with the key can set it. */
  revoked(name: CredentialName, tokenSha256: string): string {
    return `${this.prefix}:{${name}}:revoked:${tokenSha256}`;
  }
}
