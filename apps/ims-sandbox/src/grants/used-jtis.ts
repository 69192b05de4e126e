const SKEW_SECONDS = 30;
const MAX_JTIS_PER_ACCOUNT = 10_000;

/** Remembers each `jti` until its assertion has expired: IMS accepts a `jti` once (jwt-auth#23). */
export class UsedJtis {
  readonly #expiryByAccount = new Map<string, Map<number, number>>();

  /** Returns false if the account used this `jti` before. */
  use(accountId: string, jti: number, expSeconds: number, nowMs: number): boolean {
    const seen = this.#expiryByAccount.get(accountId) ?? new Map<number, number>();
    this.#expiryByAccount.set(accountId, seen);
    for (const [old, exp] of seen) {
      if ((exp + SKEW_SECONDS) * 1000 <= nowMs || seen.size > MAX_JTIS_PER_ACCOUNT) seen.delete(old);
    }
    if (seen.has(jti)) return false;
    seen.set(jti, expSeconds);
    return true;
  }
}
