import {
  AccessToken,
  ExchangeFailure,
  ImsClient,
  later,
  millis,
  type Clock,
  type Exchange,
  type ExchangeableCredential,
  type ExchangeFailureCode,
  type Millis,
} from '#libs/tokens';

/** The outcome of one scripted exchange. */
export type ScriptedAnswer =
  /** Issues a token that expires after `life`; a new text each time, unless `token` is set. */
  | { readonly life: Millis; readonly clockSkew?: Millis | null; readonly token?: string }
  | { readonly failure: ExchangeFailure }
  /** Gives `answer` when the promise settles; rejects with `ims_timeout` at the deadline. */
  | { readonly after: Promise<unknown>; readonly answer: ScriptedAnswer };

const DAY = millis(86_400_000);

/** A scripted failure. */
export const failing = (
  code: ExchangeFailureCode,
  details: { readonly retryable?: boolean; readonly retryAfter?: Millis } = {},
): ScriptedAnswer => ({
  failure: new ExchangeFailure({ code, diagnosis: `scripted ${code}`, retryable: true, ...details }),
});

/** Never answers: rejects with `ims_timeout` at the deadline. */
export const HANGING: ScriptedAnswer = { after: new Promise(() => undefined), answer: { life: DAY } };

/** An IMS with scripted answers per client id. Without a script it issues tokens of one day. */
export class ScriptedImsClient extends ImsClient {
  readonly #clock: Clock;
  readonly #scripts = new Map<string, ScriptedAnswer[]>();
  readonly #defaults = new Map<string, ScriptedAnswer>();
  readonly #exchanges: string[] = [];
  readonly #invalidations = new Map<string, ScriptedAnswer>();

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  /** Queues answers for a client id; each is used once. */
  next(clientId: string, ...answers: readonly ScriptedAnswer[]): void {
    this.#scripts.set(clientId, [...(this.#scripts.get(clientId) ?? []), ...answers]);
  }

  /** Sets the answer for a client id without queued answers. */
  always(clientId: string, answer: ScriptedAnswer): void {
    this.#defaults.set(clientId, answer);
  }

  /** Number of exchanges of one client id, or of all. */
  exchanges(clientId?: string): number {
    return clientId === undefined
      ? this.#exchanges.length
      : this.#exchanges.filter((each) => each === clientId).length;
  }

  override exchange({ clientId }: ExchangeableCredential, deadline: Millis): Promise<Exchange> {
    this.#exchanges.push(clientId);
    const answer = this.#scripts.get(clientId)?.shift() ?? this.#defaults.get(clientId) ?? { life: DAY };
    return this.#perform(answer, `fake-token-${this.#exchanges.length}-of-${clientId}`, deadline);
  }

  /** The invalidated tokens, in order. */
  readonly invalidated: string[] = [];

  override async invalidate(
    { clientId }: ExchangeableCredential,
    token: AccessToken,
    deadline: Millis,
  ): Promise<void> {
    const answer = this.#invalidations.get(clientId);
    if (answer !== undefined) await this.#perform(answer, 'unused', deadline);
    this.invalidated.push(token.reveal());
  }

  /** The validated tokens, in order. */
  readonly validations: string[] = [];

  override async validate(
    { clientId }: ExchangeableCredential,
    token: AccessToken,
    deadline: Millis,
  ): Promise<boolean> {
    this.validations.push(token.reveal());
    const answer = this.#invalidations.get(clientId);
    if (answer !== undefined) await this.#perform(answer, 'unused', deadline);
    return !this.invalidated.includes(token.reveal());
  }

  /** Sets the outcome of validations and for a client id. Without it they succeed. */
  invalidates(clientId: string, answer: ScriptedAnswer): void {
    this.#invalidations.set(clientId, answer);
  }

  async #perform(answer: ScriptedAnswer, value: string, deadline: Millis): Promise<Exchange> {
    if ('failure' in answer) throw answer.failure;
    if ('after' in answer) {
      await settledWithin(answer.after, deadline);
      return this.#perform(answer.answer, value, deadline);
    }
    const now = this.#clock.now();
    return {
      token: new AccessToken(answer.token ?? value, now, later(now, answer.life)),
      clockSkew: answer.clockSkew ?? null,
    };
  }
}

/** Waits in real time, as the deadline of an exchange does not follow the test's clock. */
async function settledWithin(awaited: Promise<unknown>, deadline: Millis): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new ExchangeFailure({ code: 'ims_timeout', diagnosis: 'scripted to hang', retryable: true }));
  }, deadline);
  try {
    await Promise.race([awaited, promise]);
  } finally {
    clearTimeout(timer);
  }
}
