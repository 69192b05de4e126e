import { isAclRefusal } from './acl-diagnosis.ts';
import { redisFailure, type FailureContext } from './redis-failure.ts';

/** How long the same refusal is not reported again, in milliseconds. */
const QUIET_FOR = 3_600_000;

/**
 * Reports what the ACL of Redis refuses, each refusal once an hour. Some operations ignore a refusal, such as
 * the release of a lease, so their callers do not hear of it.
 */
export class RefusedRights {
  readonly #context: FailureContext;
  readonly #listener: (reason: string) => void;
  /** Time of the last report by reason; there are as few reasons as rights. */
  readonly #reported = new Map<string, number>();

  constructor(context: FailureContext, listener: (reason: string) => void = () => undefined) {
    this.#context = context;
    this.#listener = listener;
  }

  /** Notes the error of a command; errors that are no refusal are left out. */
  note(error: unknown): void {
    if (!(error instanceof Error) || !isAclRefusal(error.message)) return;
    const reason = redisFailure(error, this.#context).message;
    const now = performance.now();
    if (now < (this.#reported.get(reason) ?? -QUIET_FOR) + QUIET_FOR) return;
    this.#reported.set(reason, now);
    this.#listener(reason);
  }
}
