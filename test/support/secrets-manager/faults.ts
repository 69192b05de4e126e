import { ApiError } from './api-error.ts';

/** What goes wrong with calls of one action, as long as it matches. */
interface Fault {
  readonly action: string;
  /** For one secret only, by its name. For `GetSecretValue` that counts within a batch too, as with IAM. */
  readonly secret?: string;
  /** How many matching calls pass before it begins. */
  readonly after?: number;
  /** How many calls it hits; until `recover` where not given. */
  readonly times?: number;
  /** Never answered, where null. */
  readonly error: ApiError | null;
}

/** Which calls it is about; see Fault. */
export type FaultScope = Omit<Fault, 'action' | 'error'>;

/** The faults in force. */
export class Faults {
  #faults: Array<{ readonly fault: Fault; seen: number }> = [];

  add(fault: Fault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#faults = [];
  }

  /** What this call meets: an error, null for silence, undefined for nothing. */
  meet(action: string, secret?: string): ApiError | null | undefined {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (fault.action !== action || fault.secret !== secret) continue;
      entry.seen += 1;
      const nth = entry.seen - (fault.after ?? 0);
      if (nth >= 1 && nth <= (fault.times ?? Infinity)) return fault.error;
    }
    return undefined;
  }
}

export const denied = (action: string): ApiError =>
  new ApiError(
    'AccessDeniedException',
    `User: arn:aws:iam::123456789012:user/test is not authorized to perform: secretsmanager:${action} ` +
      `because no identity-based policy allows the secretsmanager:${action} action`,
  );

export const throttled = (): ApiError => new ApiError('ThrottlingException', 'Rate exceeded');

export const broken = (): ApiError =>
  new ApiError('InternalServiceError', 'An error occurred on the server side.', 500);
