import {
  AccessToken,
  ExchangeFailure,
  ImsClient,
  instant,
  later,
  millis,
  type Clock,
  type Exchange,
  type ExchangeableCredential,
  type ExchangeFailureCode,
  type Millis,
} from '#libs/tokens';

import type { Random } from './random.ts';
import { trueTime } from './replica-clock.ts';
import type { Owner, Schedule } from './schedule.ts';
import type { SimulatedSource } from './simulated-source.ts';

/** How long every token lives, in milliseconds. */
export const LIFE = 1_000_000;

export type ImsFault = 'none' | 'unreachable' | 'unavailable' | 'throttled' | 'slow';

/** A token as IMS remembers it, in virtual milliseconds. */
export interface Issued {
  readonly version: string;
  readonly at: number;
  readonly end: number;
}

/** The one IMS, which knows every token it gave out. */
export class SimulatedIms {
  readonly #issued = new Map<string, Issued>();
  readonly schedule: Schedule;
  readonly random: Random;
  readonly source: SimulatedSource;
  fault: ImsFault = 'none';

  constructor(schedule: Schedule, random: Random, source: SimulatedSource) {
    this.schedule = schedule;
    this.random = random;
    this.source = source;
  }

  /** What IMS knows of a token. */
  issued(token: AccessToken): Issued | undefined {
    return this.#issued.get(token.reveal());
  }

  issue(name: string, version: string): string {
    const value = `token ${this.#issued.size + 1} of ${name} by ${version}`;
    const { now } = this.schedule;
    this.#issued.set(value, { version, at: now, end: now + LIFE });
    return value;
  }
}

const failed = (code: ExchangeFailureCode, retryable: boolean, retryAfter?: Millis): ExchangeFailure =>
  new ExchangeFailure({ code, diagnosis: 'simulated', retryable, retryAfter });

/** IMS as one replica reaches it, with a client that mostly keeps to its deadline. */
export class ImsLine extends ImsClient {
  readonly #owner: Owner;
  readonly #clock: Clock;
  readonly #ims: SimulatedIms;

  constructor(owner: Owner, clock: Clock, ims: SimulatedIms) {
    super();
    this.#owner = owner;
    this.#clock = clock;
    this.#ims = ims;
  }

  override exchange(credential: ExchangeableCredential, deadline: Millis): Promise<Exchange> {
    const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
    const { schedule, random, fault, source } = this.#ims;
    const name = credential.clientId;
    const version = credential.kind === 'oauth' ? (credential.clientSecrets[0]?.reveal() ?? '') : '';
    const askedAt = this.#clock.now();
    const fail = (failure: ExchangeFailure): void =>
      this.#answer(`IMS: ${failure.code}`, () => reject(failure));
    if (fault === 'unreachable') {
      fail(failed('ims_unreachable', true));
      return promise;
    }
    const isPunctual = random.chance(0.7);
    if (isPunctual) {
      schedule.after(deadline, this.#owner, '', () => reject(failed('ims_timeout', true)));
    }
    schedule.after(this.#delay(), null, `${this.#owner.id} exchanges ${name} by ${version}`, () => {
      if (fault === 'unavailable') fail(failed('ims_unavailable', true));
      else if (fault === 'throttled') {
        fail(failed('ims_throttled', true, millis(random.between(1, 200) * 1_000)));
      } else if (source.isRefused(version)) fail(failed('ims_invalid_client_secret', false));
      else {
        const value = this.#ims.issue(name, version);
        const end = Math.min(trueTime(schedule.now + LIFE), later(askedAt, millis(LIFE)));
        const token = new AccessToken(value, askedAt, instant(end));
        this.#answer('IMS: a token', () => resolve({ token, clockSkew: null }));
      }
    });
    return promise;
  }

  override validate(
    _credential: ExchangeableCredential,
    token: AccessToken,
    deadline: Millis,
  ): Promise<boolean> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const { schedule, fault } = this.#ims;
    const { end } = this.#ims.issued(token) ?? { end: 0 };
    schedule.after(deadline, this.#owner, '', () => reject(failed('ims_timeout', true)));
    schedule.after(this.#delay(), null, `${this.#owner.id} asks IMS for a token`, () => {
      if (fault === 'none' || fault === 'slow') {
        this.#answer('IMS: a verdict', () => resolve(schedule.now < end));
      } else this.#answer('IMS: no verdict', () => reject(failed('ims_unavailable', true)));
    });
    return promise;
  }

  /** The simulation revokes no token. */
  override invalidate(): Promise<void> {
    return Promise.reject(failed('ims_unavailable', true));
  }

  #answer(what: string, settle: () => void): void {
    this.#ims.schedule.after(this.#delay(), this.#owner, what, settle);
  }

  #delay(): number {
    const { random, fault } = this.#ims;
    return fault === 'slow' ? random.between(1_000, 60_000) : random.between(50, 2_000);
  }
}
