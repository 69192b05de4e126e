/**
 * Handles `SIGHUP`: the credential source is polled now, and each credential that waits after a failure is
 * retried.
 */
export abstract class LookNow {
  abstract lookNow(): Promise<void>;
}
