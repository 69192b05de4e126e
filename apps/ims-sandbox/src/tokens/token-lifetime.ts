/** The lifetime of new access tokens. The default is 24 hours, as at Adobe. */
export class TokenLifetime {
  #ms = 86_400_000;

  get ms(): number {
    return this.#ms;
  }

  setSeconds(seconds: number): void {
    this.#ms = Math.max(1, Math.round(seconds * 1000));
  }
}
