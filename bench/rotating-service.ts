import { setTimeout as delay } from 'node:timers/promises';

import { SecretsManager } from '../test/support/secrets-manager/secrets-manager.ts';
import type { Child } from './child.ts';
import { firstSuccess } from './first-success.ts';
import { AUTHORIZATION, type Workplace } from './workplace.ts';

const TOKEN = '/v1/tokens/aem-dev';
const STATUS = '/v1/status/aem-dev';
const DEADLINE_MS = 60_000;
const POLL_INTERVAL_MS = 5;
const SECOND_MS = 1_000;
/** Multiples of this number, modulo 1, are spread evenly for any count. */
const GOLDEN_RATIO = 0.618_034;

/** Milliseconds from storing a new version of a secret. */
export interface Rotation {
  /** Until status shows that version as healthy. */
  readonly noticed: number;
  /** Until callers get a token of that version. */
  readonly inUse: number;
}

/** A token service with one credential in the tests' Secrets Manager. */
export class RotatingService {
  /** The name of the secret. */
  static readonly secretId = 'ims/aem-dev';
  readonly secrets: SecretsManager;
  readonly #workplace: Workplace;
  readonly #service: Child;
  readonly #origin: string;
  readonly #clientId: string;
  #rotations = 0;

  private constructor(
    workplace: Workplace,
    secrets: SecretsManager,
    service: Child,
    origin: string,
    clientId: string,
  ) {
    this.#workplace = workplace;
    this.secrets = secrets;
    this.#service = service;
    this.#origin = origin;
    this.#clientId = clientId;
  }

  /** @param pollSeconds its CREDENTIAL_POLL_SECONDS */
  static async start(workplace: Workplace, pollSeconds: number): Promise<RotatingService> {
    const [secrets, document] = await Promise.all([SecretsManager.start(), workplace.makeCredential('jwt')]);
    secrets.put(RotatingService.secretId, document);
    const service = workplace.tokenServiceOn({
      CREDENTIAL_SOURCE: 'aws-secrets-manager',
      CREDENTIAL_POLL_SECONDS: String(pollSeconds),
      ...secrets.env,
    });
    const origin = await service.listening();
    const answer = await firstSuccess(origin, TOKEN);
    await answer.body?.cancel();
    const { integration } = JSON.parse(document) as {
      readonly integration: { readonly technicalAccount: { readonly clientId: string } };
    };
    return new RotatingService(workplace, secrets, service, origin, integration.technicalAccount.clientId);
  }

  /**
   * Stores another key of the account. The delay before it varies, because the service acts on a one-second
   * timer and the benchmark must not always hit its best or worst moment.
   * @param stored called when the key is stored
   */
  async rotate(stored: (service: Child) => void = () => undefined): Promise<Rotation> {
    const document = await this.#workplace.makeCredential('jwt', this.#clientId);
    const { headers } = await this.#get(TOKEN);
    this.#rotations += 1;
    await delay(((this.#rotations * GOLDEN_RATIO) % 1) * SECOND_MS);
    const version = this.secrets.put(RotatingService.secretId, document);
    stored(this.#service);
    const begun = performance.now();
    const until = async (path: string, isRight: (answer: Answer) => boolean): Promise<number> => {
      while (!isRight(await this.#get(path))) {
        if (performance.now() - begun > DEADLINE_MS)
          throw new Error(`${path} did not show the new version in time`);
        await delay(POLL_INTERVAL_MS);
      }
      return performance.now() - begun;
    };
    const [noticed, inUse] = await Promise.all([
      until(STATUS, ({ body }) => body['version'] === version && body['state'] === 'healthy'),
      until(TOKEN, (answer) => answer.headers.get('etag') !== headers.get('etag')),
    ]);
    return { noticed, inUse };
  }

  async stop(): Promise<void> {
    await this.#service.stop();
    await this.secrets.close();
  }

  async #get(path: string): Promise<Answer> {
    const answer = await fetch(`${this.#origin}${path}`, { headers: AUTHORIZATION });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    return { headers: answer.headers, body: (await answer.json()) as Answer['body'] };
  }
}

interface Answer {
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}
