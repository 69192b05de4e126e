import { named, oauthDocument } from './documents.ts';
import type { TokenProcess } from './token-process.ts';
import { World } from './world.ts';

/** The one credential of a world made by `served`. */
export const NAME = named('aem-dev');

/** A process that has its one credential's token in service, and everything around it. */
export async function served(): Promise<{ readonly world: World; readonly service: TokenProcess }> {
  const world = new World();
  world.source.put(oauthDocument(NAME));
  const service = world.process();
  await service.start();
  return { world, service };
}
