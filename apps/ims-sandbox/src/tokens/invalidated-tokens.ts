/** A token that was invalidated before it expired. */
export interface InvalidatedToken {
  readonly id: string;
  readonly expiresAtMs: number;
}

/** The invalidated and revoked tokens. Each is kept until it would have expired. */
export class InvalidatedTokens {
  readonly #expiryById = new Map<string, number>();

  constructor(known: readonly InvalidatedToken[] = []) {
    for (const { id, expiresAtMs } of known) this.#expiryById.set(id, expiresAtMs);
  }

  add(token: InvalidatedToken, nowMs: number): void {
    for (const [id, expiresAtMs] of this.#expiryById) {
      if (expiresAtMs <= nowMs) this.#expiryById.delete(id);
    }
    this.#expiryById.set(token.id, token.expiresAtMs);
  }

  has(id: string): boolean {
    return this.#expiryById.has(id);
  }

  all(): readonly InvalidatedToken[] {
    return [...this.#expiryById].map(([id, expiresAtMs]) => ({ id, expiresAtMs }));
  }
}
