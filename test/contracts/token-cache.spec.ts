import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CacheFolder, FileTokenCache, SealingKeys } from '#libs/token-stores';

import { ScriptedTokenCache } from '../fakes/scripted-token-cache.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { describeTokenCache } from './token-cache.contract.ts';

describeTokenCache('ScriptedTokenCache', async () => ({
  cache: new ScriptedTokenCache(),
  close: async () => undefined,
}));

describeTokenCache('FileTokenCache', async () => {
  const path = await mkdtemp(join(tmpdir(), 'token-cache-'));
  const folder = await CacheFolder.open(path);
  return {
    cache: new FileTokenCache({ folder, keys: SealingKeys.parse(SEALING_KEY), prefix: 'ims-token' }),
    close: () => rm(path, { recursive: true }),
  };
});
