import { randomBytes } from 'node:crypto';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { AccessToken, instant, toCredentialName } from '#libs/tokens';

import { SEALING_KEY } from '../../support/sealing-key.ts';

const DAY = 86_400_000;

/** Publishes made-up tokens through the store that the replicas use, as one more process would. */
export class Publisher {
  readonly #store: RedisTokenStore;

  constructor(redisUrl: string) {
    const sealingKeys = SealingKeys.parse(SEALING_KEY);
    const address = parseRedisUrl(redisUrl);
    this.#store = new RedisTokenStore({ address, keyPrefix: 'ims-token', sealingKeys });
  }

  /** Replaces the current token of a credential. Settles with the new one's tag once Redis has it. */
  async publish(credential: string): Promise<string> {
    const name = toCredentialName(credential);
    const current = name === null ? null : await this.#store.read(name);
    if (current?.status !== 'found') throw new Error(`there is no token of ${credential}`);
    const now = Date.now();
    const token = new AccessToken(randomBytes(32).toString('base64url'), instant(now), instant(now + DAY));
    const generation = current.record.generation + 1;
    await this.#store.publish({ ...current.record, token, generation });
    return `W/"${token.sha256}"`;
  }

  async close(): Promise<void> {
    await this.#store.close();
  }
}
