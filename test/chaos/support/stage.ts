import { onTestFinished } from 'vitest';

import { RedisServer } from '../../support/redis-server.ts';
import { eventually } from '../../support/eventually.ts';
import { ReplicaSet } from './replica-set.ts';
import type { Replica } from './replica.ts';
import { Site } from './site.ts';

/** A resource that is closed or stopped when its test ends. */
interface Closable {
  close?(): Promise<void>;
  stop?(): Promise<void>;
}

/** Closes a resource when its test ends, the last one first. */
export function forThisTest<T extends Closable>(thing: T): T {
  onTestFinished(async () => {
    await thing.close?.();
    await thing.stop?.();
  });
  return thing;
}

export const aSite = async (options: Parameters<typeof Site.start>[0] = {}): Promise<Site> =>
  forThisTest(await Site.start(options));

export const aRedis = async (): Promise<RedisServer> => forThisTest(await RedisServer.start());

export const replicas = async (
  site: Site,
  options: Parameters<typeof ReplicaSet.start>[1],
): Promise<ReplicaSet> => forThisTest(await ReplicaSet.start(site, options));

/** Waits until a metric has this value, or one that the function accepts, on every replica. */
export async function everywhere(
  set: ReplicaSet,
  metric: string,
  right: number | ((value: number) => boolean),
): Promise<void> {
  const isRight = typeof right === 'number' ? (value: number) => value === right : right;
  await eventually(
    () => Promise.all(set.replicas.map((replica) => replica.metric(metric).catch(() => NaN))),
    (values) => values.every(isRight),
  );
}

/** Waits until every replica hands out another token than this; it need not be the same for all. */
export async function renewed(
  { replicas: all }: Pick<ReplicaSet, 'replicas'>,
  name: string,
  other: string,
): Promise<void> {
  await eventually(
    () => tagsOf(all, name),
    (tags) => tags.every((tag) => tag !== undefined && tag !== other),
  );
}

/** Waits until every replica hands out one and the same token, and another than this. Says which. */
export async function agreed(set: ReplicaSet, name: string, other?: string): Promise<string> {
  const tags = await eventually(
    () => tagsOf(set.replicas, name),
    ([first, ...others]) => first !== undefined && first !== other && others.every((etag) => etag === first),
  );
  return tags[0] ?? '';
}

/** The tag of each one's token; undefined where it has none or keeps silent. */
function tagsOf(all: readonly Replica[], name: string): Promise<(string | undefined)[]> {
  const tagOf = (replica: Replica): Promise<string | undefined> =>
    replica.get(`/v1/tokens/${name}`, 1_000).then(
      ({ etag }) => etag,
      () => undefined,
    );
  return Promise.all(all.map(tagOf));
}
