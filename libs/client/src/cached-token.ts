import { monotonicNow } from './waiting.ts';

interface CachedTokenTimes {
  /** Seconds from the response of the service. */
  readonly expiresIn: number;
  readonly refreshIn: number;
  /** The start of these seconds, in milliseconds of the monotonic clock. */
  readonly since: number;
}

/** Milliseconds before its expiry from which a token is not used, because it may expire on its way to AEM. */
const MAX_MARGIN = 5_000;

/** An access token and its times. Its fields are private, so logging it does not print the token. */
export class CachedToken {
  readonly #value: string;
  readonly #dueAt: number;
  readonly #expiresAt: number;
  readonly #expiresAtWallClock: number;
  readonly #margin: number;

  constructor(value: string, { expiresIn, refreshIn, since }: CachedTokenTimes) {
    const lifetimeMs = expiresIn * 1000;
    this.#value = value;
    this.#dueAt = since + refreshIn * 1000;
    this.#expiresAt = since + lifetimeMs;
    // The monotonic clock stops while the machine sleeps, so the token's lifetime is also measured by wall
    // clock.
    this.#expiresAtWallClock = Date.now() - (monotonicNow() - since) + lifetimeMs;
    this.#margin = Math.min(MAX_MARGIN, lifetimeMs / 20);
  }

  get value(): string {
    return this.#value;
  }

  /** When the service has a newer token (`refresh_in`), in milliseconds of the monotonic clock. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Milliseconds until the token expires, by the clock that gives less. */
  get remainingMs(): number {
    return Math.min(this.#expiresAt - monotonicNow(), this.#expiresAtWallClock - Date.now());
  }

  get isUsable(): boolean {
    return this.remainingMs > this.#margin;
  }
}

/** The SHA-256 of a token in lower-case hex, by which the service identifies it. */
export async function sha256(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
