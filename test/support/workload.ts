import { parseCallers } from '#libs/callers';
import { seconds, toMillis } from '#libs/tokens';

import { authenticate, type Authentication } from '../../libs/callers/src/authentication.ts';
import type { IssuerEvent } from '../../libs/callers/src/issuer-keys.ts';
import { JwtAuthenticator } from '../../libs/callers/src/jwt-authenticator.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { OidcIssuer } from './oidc-issuer.ts';

/** The entry of the callers file for a caller with a JWT identity. */
export function jwtCaller(issuer: string, overrides: Record<string, string> = {}): string {
  const { name = 'publisher', ...rest } = overrides;
  const identity = {
    issuer,
    audience: 'ims-tokens',
    subject: 'system:serviceaccount:web:publisher',
    ...rest,
  };
  return `{name: ${name}, jwt: ${JSON.stringify(identity)}, tokens: ['*']}`;
}

/** An OIDC issuer, an authenticator with one caller of that issuer, and a manual clock. */
export class Workload {
  readonly clock: ManualClock;
  readonly issuer: OidcIssuer;
  readonly events: IssuerEvent[] = [];
  #authenticator: JwtAuthenticator;
  #registry: ReturnType<typeof parseCallers>;

  private constructor(clock: ManualClock, issuer: OidcIssuer, callers: string, capacity: number) {
    this.clock = clock;
    this.issuer = issuer;
    this.#registry = parseCallers(`callers: [${callers}]`);
    this.#authenticator = new JwtAuthenticator({
      callers: this.#registry.jwtCallers,
      clock,
      capacity,
      onEvent: (event) => this.events.push(event),
      maxLife: seconds(86_400),
    });
  }

  static async start(
    callers: (issuer: OidcIssuer) => string = ({ issuer }) => jwtCaller(issuer),
    capacity = 100,
  ): Promise<Workload> {
    const clock = new ManualClock();
    const issuer = await OidcIssuer.start(() => clock.now());
    return new Workload(clock, issuer, callers(issuer), capacity);
  }

  get authenticator(): JwtAuthenticator {
    return this.#authenticator;
  }

  /** Authenticates a request with this token; synchronously if the token is remembered. */
  ask(token: string): Authentication | Promise<Authentication> {
    return authenticate(`Bearer ${token}`, this.#registry, this.#authenticator);
  }

  /** The name of the caller, or the reason for the failure. */
  async outcome(token: string): Promise<string> {
    const authentication = await this.ask(token);
    return authentication.caller === null ? authentication.failure : authentication.caller.name;
  }

  /** Replaces the callers, as a changed callers file does. */
  change(callers: string): void {
    this.#registry = parseCallers(`callers: [${callers}]`);
    this.#authenticator.follow(this.#registry.jwtCallers);
  }

  advance(by: number): void {
    this.clock.advance(toMillis(seconds(by)));
  }

  async close(): Promise<void> {
    this.#authenticator.close();
    await this.issuer.close();
  }
}
