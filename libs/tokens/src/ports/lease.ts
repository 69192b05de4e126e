/** The right to exchange one credential for a while: acquired from a TokenStore by one process at a time. */
export interface Lease {
  /**
   * Gives it back early. Never throws, and does nothing where the lease has run out, whoever holds it by now; with the
   * store down it runs out by itself.
   */
  release(): Promise<void>;
}
