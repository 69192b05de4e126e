import { describe, expect, it, vi } from 'vitest';

import { oauthDocument } from '../../../../test/support/tokens/documents.ts';
import { NAME } from '../../../../test/support/tokens/served.ts';
import { World } from '../../../../test/support/tokens/world.ts';

describe('a new token', () => {
  it('is served before it is published', async () => {
    const world = new World();
    world.source.put(oauthDocument(NAME));
    const service = world.process();
    await service.sync.poll();
    world.store.delay('publish', new Promise(() => undefined));
    await service.refresher.syncWithSource();
    await vi.waitFor(() => expect(world.store.count('publish')).toBe(1), { timeout: 30_000, interval: 1 });
    // The publication has begun and not ended.
    expect(service.served(NAME)).not.toBeNull();
  });
});
