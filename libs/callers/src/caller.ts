import { NamePatterns } from './name-patterns.ts';

/**
 * `read` and `refresh` apply to a caller's tokens, `status` to credential health, `revoke` to leaked tokens,
 * `metrics` to the metrics of the service.
 */
export const PERMISSIONS = ['read', 'refresh', 'status', 'revoke', 'metrics'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Names that no credential has count too, where a pattern covers them, so they are bounded. */
const MAX_REMEMBERED_NAMES = 10_000;

/** An internal service and its permissions. Everything that is not allowed is denied. */
export class Caller {
  readonly name: string;
  /** Credential names, in which `*` matches any run of characters. */
  readonly patterns: readonly string[];
  readonly #permissions: ReadonlySet<Permission>;
  readonly #names: NamePatterns;
  /**
   * Names that the patterns cover, as far as they were asked for: a caller asks for the same few again and
   * again.
   */
  readonly #covered = new Set<string>();

  /** @param patterns credential names, in which `*` matches any run of characters */
  constructor(name: string, patterns: readonly string[], permissions: readonly Permission[]) {
    this.name = name;
    this.patterns = patterns;
    this.#permissions = new Set(permissions);
    this.#names = new NamePatterns(patterns);
  }

  /** Whether the caller may read the token of this name. The credential need not exist. */
  mayRead(name: string): boolean {
    return this.#permissions.has('read') && (this.#covered.has(name) || this.#cover(name));
  }

  /** Whether the caller may report a rejected token. It needs `read` too, as it gets the replacement. */
  mayRefresh(name: string): boolean {
    return this.#permissions.has('refresh') && this.mayRead(name);
  }

  /** Whether the caller may revoke tokens of this name. A caller without patterns may revoke none. */
  mayRevoke(name: string): boolean {
    return this.#permissions.has('revoke') && this.#cover(name);
  }

  /** Whether the caller has a permission for any credential. */
  may(permission: Permission): boolean {
    return this.#permissions.has(permission);
  }

  /** Whether the caller may see this credential's health. A caller without patterns sees every credential. */
  maySeeStatusOf(name: string): boolean {
    return this.#permissions.has('status') && (this.#names.isEmpty || this.#cover(name));
  }

  /**
   * Whether the caller may read the metrics. Their labels name every caller and credential, so `status` is
   * enough only for a caller that sees every credential.
   */
  mayReadMetrics(): boolean {
    return this.may('metrics') || (this.may('status') && (this.#names.isEmpty || this.#names.coverAll));
  }

  #cover(name: string): boolean {
    if (!this.#names.cover(name)) return false;
    if (this.#covered.size < MAX_REMEMBERED_NAMES) this.#covered.add(name);
    return true;
  }
}
