import { NamePatterns } from './name-patterns.ts';

/** What a caller may do: `read` and `refresh` for its tokens, `status` to see health, `revoke` for incidents. */
export const PERMISSIONS = ['read', 'refresh', 'status', 'revoke'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** An internal service and what it may have. Everything not allowed is denied. */
export class Caller {
  readonly name: string;
  readonly #permissions: ReadonlySet<Permission>;
  readonly #names: NamePatterns;

  /** @param patterns credential names, `*` standing for any run of characters */
  constructor(name: string, patterns: readonly string[], permissions: readonly Permission[]) {
    this.name = name;
    this.#permissions = new Set(permissions);
    this.#names = new NamePatterns(patterns);
  }

  /** Whether it may have the token of this name, whether or not such a credential exists. */
  mayRead(name: string): boolean {
    return this.#permissions.has('read') && this.#names.cover(name);
  }

  /** Whether its word on a rejected token counts; as the answer is a token, it must be one it may have anyway. */
  mayRefresh(name: string): boolean {
    return this.#permissions.has('refresh') && this.mayRead(name);
  }

  /** Whether it may have tokens of this name taken back. Its names must say so: none cover nothing. */
  mayRevoke(name: string): boolean {
    return this.#permissions.has('revoke') && this.#names.cover(name);
  }

  /** Whether it holds a permission at all. */
  may(permission: Permission): boolean {
    return this.#permissions.has(permission);
  }

  /** Whether it may see this credential's health. A watcher without tokens of its own sees all. */
  maySeeStatusOf(name: string): boolean {
    return this.#permissions.has('status') && (this.#names.isEmpty || this.#names.cover(name));
  }
}
