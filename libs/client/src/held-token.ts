import { monotonicNow } from './waiting.ts';

interface HeldTokenTimes {
  /** Seconds, as the service counted them when it answered. */
  readonly expiresIn: number;
  readonly refreshIn: number;
  /** When counting began, on the monotonic clock in milliseconds. */
  readonly since: number;
}

/** No token is used that may run out on its way to AEM. */
const MAX_MARGIN = 5_000;

/** An access token and its times. Does not show itself when printed. */
export class HeldToken {
  readonly #value: string;
  readonly #dueAt: number;
  readonly #overAt: number;
  readonly #overAtWallClock: number;
  readonly #margin: number;

  constructor(value: string, { expiresIn, refreshIn, since }: HeldTokenTimes) {
    const life = expiresIn * 1000;
    this.#value = value;
    this.#dueAt = since + refreshIn * 1000;
    this.#overAt = since + life;
    // The monotonic clock stands still while the machine sleeps; the token's life does not.
    this.#overAtWallClock = Date.now() - (monotonicNow() - since) + life;
    this.#margin = Math.min(MAX_MARGIN, life / 20);
  }

  get value(): string {
    return this.#value;
  }

  /** When a newer token is to be had, on the monotonic clock: never before what the service said. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Milliseconds of life left, by whichever clock says less. */
  get lifeLeft(): number {
    return Math.min(this.#overAt - monotonicNow(), this.#overAtWallClock - Date.now());
  }

  get isUsable(): boolean {
    return this.lifeLeft > this.#margin;
  }
}

/** How the token service names a token: the SHA-256 in lower-case hex. */
export async function sha256(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
