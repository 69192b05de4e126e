/** How long new access tokens live: 24 hours, as Adobe's do, until a test makes a day pass in minutes. */
export class TokenLifetime {
  #ms = 86_400_000;

  get ms(): number {
    return this.#ms;
  }

  setSeconds(seconds: number): void {
    this.#ms = Math.max(1, Math.round(seconds * 1000));
  }
}
