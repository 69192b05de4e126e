import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { millis, SystemClock, type CredentialName, type RefresherRequest } from '#libs/tokens';

import { ScriptedCredentialSource } from '../fakes/scripted-credential-source.ts';
import { failing, ScriptedImsClient } from '../fakes/scripted-ims-client.ts';
import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { named, oauthDocument } from '../support/tokens/documents.ts';
import { TokenProcess } from '../support/tokens/token-process.ts';

const REPLICAS = 4;
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

/** Replicas with everything their own but Redis and IMS. */
async function replicas(redis: RedisServer, name: CredentialName) {
  const clock = new SystemClock();
  const ims = new ScriptedImsClient(clock);
  const source = new ScriptedCredentialSource();
  source.put(oauthDocument(name));
  const stores = Array.from(
    { length: REPLICAS },
    () => new RedisTokenStore({ address: parseRedisUrl(redis.url), keyPrefix: 'abuse', sealingKeys }),
  );
  const processes = stores.map((store) => new TokenProcess({ clock, store, source, ims }));
  for (const process of processes) {
    process.sync.watch();
    await process.start();
  }
  const at = (index: number): TokenProcess => {
    const process = processes[index % REPLICAS];
    if (process === undefined) throw new Error('no replica');
    return process;
  };
  const shaAt = (index: number): string => at(index).tokens.get(name)?.cached?.token.sha256 ?? '';
  const report = (index: number, caller: string, tokenSha256: string) =>
    at(index).replacement.replace({ name, caller, tokenSha256 }, 'report', millis(10_000));
  return { ims, stores, processes, shaAt, report };
}

describe('the limits on what callers cause', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.stop());

  it('allow one exchange for a thousand reports of the same token to several replicas', async () => {
    const { ims, stores, shaAt, report } = await replicas(redis, named('aem-same'));
    const rejected = shaAt(0);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => report(index, `caller-${index}`, rejected)),
    );
    const outcomes = new Set(answers.map(({ outcome }) => outcome));
    expect([...outcomes].every((outcome) => outcome === 'replaced' || outcome === 'superseded')).toBe(true);
    expect(ims.exchanges()).toBe(2);
    expect(new Set(Array.from({ length: REPLICAS }, (_, index) => shaAt(index))).size).toBe(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('allow at most twelve exchanges of a credential an hour, and lose no revocation', async () => {
    const name = named('aem-greedy');
    const { ims, stores, processes, shaAt, report } = await replicas(redis, name);
    const seen = [shaAt(0)];
    // All callers report to all replicas at once: the current token, earlier ones, and made-up ones.
    for (let round = 0; round < 30; round += 1) {
      const made = Array.from({ length: 40 }, (_, index) => {
        const tokens = [shaAt(index), seen.at(-2), seen[0], randomBytes(32).toString('hex')];
        return report(index, `caller-${round}-${index % 7}`, tokens[index % 3 === 0 ? index % 4 : 0] ?? '');
      });
      await Promise.all(made);
      seen.push(shaAt(round));
    }
    expect(ims.exchanges()).toBe(1 + 12);
    const refused = await report(0, 'a-new-caller', shaAt(0));
    expect(refused).toMatchObject({ outcome: 'budget_exhausted' });
    expect(refused.retryAfter).toBeGreaterThan(3_000);
    const leaked = shaAt(0);
    const question: RefresherRequest = {
      type: 'revoke-token',
      name,
      caller: 'security',
      tokenSha256: leaked,
    };
    expect(await processes[1]?.revocation.revoke(question)).toMatchObject({ outcome: 'revoked' });
    expect(ims.exchanges()).toBe(1 + 12 + 1);
    await eventually(
      async () => new Set(processes.map((_, index) => shaAt(index))),
      (shas) => shas.size === 1 && !shas.has(leaked),
    );
    await Promise.all(stores.map((store) => store.close()));
  });

  it('allow six exchanges an hour for one caller', async () => {
    const { ims, stores, shaAt, report } = await replicas(redis, named('aem-single'));
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 8 }, (_, index) => report(index, 'greedy', shaAt(index))));
    }
    expect(ims.exchanges()).toBe(1 + 6);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('keep the back-off of a refused or throttled credential', async () => {
    const name = named('aem-throttled');
    const { ims, stores, shaAt, report } = await replicas(redis, name);
    ims.always(name, failing('ims_throttled', { retryAfter: millis(600_000) }));
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => report(index, `caller-${round}-${index}`, shaAt(index))),
      );
      for (const answer of answers) expect(['failed', 'refreshing']).toContain(answer.outcome);
    }
    // Each replica reads of the wait at its next poll of the store; until then the lease keeps them apart.
    expect(ims.exchanges()).toBeLessThanOrEqual(1 + REPLICAS);
    await Promise.all(stores.map((store) => store.close()));
  });
});
