import type { CredentialName, ExchangeCause } from '#libs/tokens';

const PREFIX = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/**
 * REDIS_KEY_PREFIX, checked: braces in it would move every credential into one slot of a Redis Cluster.
 * @throws Error with the rule.
 */
export function parseKeyPrefix(text: string): string {
  if (PREFIX.test(text)) return text;
  throw new Error(
    'must be 1 to 64 characters: letters, digits, ".", "_", ":" and "-", starting with a letter or digit',
  );
}

/** What is kept where. No command touches keys of two credentials, so that these may live on different nodes of a Redis Cluster. */
export class RedisKeys {
  readonly prefix: string;
  /** A hash over all credentials: `g:NAME` generation, `r:NAME` report as JSON, `x:NAME` when it was removed (epoch seconds). */
  readonly catalog: string;
  /** The channel on which names of changed credentials are announced. */
  readonly changes: string;

  constructor(prefix: string) {
    this.prefix = parseKeyPrefix(prefix);
    this.catalog = `${prefix}:catalog`;
    this.changes = `${prefix}:changes`;
  }

  /** A hash: `generation`, and unless removed `sealed` and `ends`, when its life is over (epoch milliseconds). The braces are Redis Cluster's hash tag: one credential, one slot. */
  token(name: CredentialName): string {
    return `${this.prefix}:{${name}}:token`;
  }

  /** The random owner of whoever may exchange this credential now; goes away by itself. */
  lease(name: CredentialName): string {
    return `${this.prefix}:{${name}}:lease`;
  }

  /** Set once something about a credential has been said. */
  mark(name: CredentialName, mark: string): string {
    return `${this.prefix}:{${name}}:mark:${mark}`;
  }

  /** A hash of the tokens that were current before: `GENERATION` to when its life is over, a space, and what was `sealed`. */
  earlier(name: CredentialName): string {
    return `${this.prefix}:{${name}}:earlier`;
  }

  /** Which exchanges callers caused lately: a JSON array of `{"at","caller"}`. */
  spent(name: CredentialName, cause: ExchangeCause): string {
    return `${this.prefix}:{${name}}:spent:${cause}`;
  }

  /** Set once IMS invalidated a token; sealed, so that nobody else can claim it. */
  revoked(name: CredentialName, tokenSha256: string): string {
    return `${this.prefix}:{${name}}:revoked:${tokenSha256}`;
  }
}
