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

/** What the scripted IMS does with one exchange. */
export type ScriptedAnswer =
  /** Issues a token of this life from now: new each time, unless it is to be a certain one. */
  | { readonly life: Millis; readonly clockSkew?: Millis | null; readonly token?: string }
  | { readonly failure: ExchangeFailure }
  /** Gives `answer` once the promise settles, by the exchange's deadline at the latest. */
  | { readonly after: Promise<unknown>; readonly answer: ScriptedAnswer };

const DAY = millis(86_400_000);

/** A failure of any kind, for scripts. */
export const failing = (
  code: ExchangeFailureCode,
  details: { readonly retryable?: boolean; readonly retryAfter?: Millis } = {},
): ScriptedAnswer => ({
  failure: new ExchangeFailure({ code, diagnosis: `scripted ${code}`, retryable: true, ...details }),
});

/** Never answers: fails with `ims_timeout` at its deadline. */
export const HANGING: ScriptedAnswer = { after: new Promise(() => undefined), answer: { life: DAY } };

/** An IMS that does as told, client id by client id; without a script it issues tokens of a day. */
export class ScriptedImsClient extends ImsClient {
  readonly #clock: Clock;
  readonly #scripts = new Map<string, ScriptedAnswer[]>();
  readonly #usual = new Map<string, ScriptedAnswer>();
  readonly #exchanges: string[] = [];
  readonly #invalidations = new Map<string, ScriptedAnswer>();

  constructor(clock: Clock) {
    super();
    this.#clock = clock;
  }

  /** The next answers of a client id, each once. */
  next(clientId: string, ...answers: readonly ScriptedAnswer[]): void {
    this.#scripts.set(clientId, [...(this.#scripts.get(clientId) ?? []), ...answers]);
  }

  /** The answer of a client id whenever nothing else is scripted. */
  always(clientId: string, answer: ScriptedAnswer): void {
    this.#usual.set(clientId, answer);
  }

  /** How many exchanges were asked for: by one client id, or by all. */
  exchanges(clientId?: string): number {
    return clientId === undefined
      ? this.#exchanges.length
      : this.#exchanges.filter((each) => each === clientId).length;
  }

  override exchange({ clientId }: ExchangeableCredential, deadline: Millis): Promise<Exchange> {
    this.#exchanges.push(clientId);
    const answer = this.#scripts.get(clientId)?.shift() ?? this.#usual.get(clientId) ?? { life: DAY };
    return this.#perform(answer, `fake-token-${this.#exchanges.length}-of-${clientId}`, deadline);
  }

  /** What was invalidated, in order. */
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

  /** How invalidations with a client id go; without a script they go well. */
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

/** In real time, as a hanging IMS is waited for whatever the clock in use says. */
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
