import { setTimeout as delay } from 'node:timers/promises';

import { SecretsManager } from '../test/support/secrets-manager/secrets-manager.ts';
import type { Child } from './child.ts';
import { firstAnswer } from './first-answer.ts';
import { AUTHORIZATION, type Workplace } from './workplace.ts';

const TOKEN = '/v1/tokens/aem-dev';
const STATUS = '/v1/status/aem-dev';
const DEADLINE_MS = 60_000;
const ASK_AGAIN_MS = 5;
const SECOND_MS = 1_000;
/** Multiples of it, modulo 1, are spread evenly however many there are. */
const GOLDEN_RATIO = 0.618_034;

/** Milliseconds since a new version of a secret was stored. */
export interface Rotation {
  /** Until status shows that version, healthy. */
  readonly noticed: number;
  /** Until callers get a token of it. */
  readonly inUse: number;
}

/** A token service on the tests' Secrets Manager, with one credential that gets new versions. */
export class RotatingService {
  /** The name of its one secret. */
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
    const answer = await firstAnswer(origin, TOKEN);
    await answer.body?.cancel();
    const { integration } = JSON.parse(document) as {
      readonly integration: { readonly technicalAccount: { readonly clientId: string } };
    };
    return new RotatingService(workplace, secrets, service, origin, integration.technicalAccount.clientId);
  }

  /**
   * Stores one more key of the account, now sooner and now later after the rotation before: the service looks at the
   * clock in steps, and neither the best nor the worst moment is to be hit each time.
   * @param stored called when it is stored
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
        if (performance.now() - begun > DEADLINE_MS) throw new Error(`${path} never showed a new version`);
        await delay(ASK_AGAIN_MS);
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
