import { mkdir, rm } from 'node:fs/promises';

import { FileCredentialSource } from '#libs/credential-sources';
import { MemoryTokenStore } from '#libs/token-stores';
import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../fakes/manual-clock.ts';
import { ScriptedImsClient } from '../fakes/scripted-ims-client.ts';
import { oauthDocument } from '../support/credential-sources/oauth-document.ts';
import { ADOBE_ORIGINS } from '../support/credential-sources/parse.ts';
import { TemporaryFolder } from '../support/credential-sources/temporary-folder.ts';
import { DAY, HOUR } from '../support/tokens/documents.ts';
import { TokenProcess } from '../support/tokens/token-process.ts';

const FILE = 'aem-dev.json';
const GOOD = JSON.stringify(oauthDocument());

async function serving(folder: TemporaryFolder) {
  await folder.write(FILE, GOOD);
  const clock = new ManualClock();
  const service = new TokenProcess({
    clock,
    store: new MemoryTokenStore(clock),
    source: new FileCredentialSource({ folder: folder.path, allowedOrigins: ADOBE_ORIGINS, clock }),
    ims: new ScriptedImsClient(clock),
  });
  await service.start();
  return { clock, service };
}

describe('a file of credentials that an upload damages', () => {
  it.each([
    ['cut off in the middle', GOOD.slice(0, GOOD.length / 2)],
    ['cut off by one character', GOOD.slice(0, -1)],
    ['emptied', ''],
    ['overwritten with zeros', '\0'.repeat(200)],
    ['replaced by a page of a proxy', '<html><body>502 Bad Gateway</body></html>'],
    ['replaced by another kind of document', '{"name":"something"}'],
    ['stored with a field that is damaged', JSON.stringify(oauthDocument({ CLIENT_SECRETS: ['p8e-x\n'] }))],
    ['pointed at another host', JSON.stringify(oauthDocument({ imsEndpoint: 'ims.attacker.example' }))],
  ])('goes on minting for two days after it is %s', async (_, content) => {
    await using folder = await TemporaryFolder.make();
    const { clock, service } = await serving(folder);
    await folder.write(FILE, content);
    expect(await twoDays(clock, service)).toEqual({ gaps: 0, state: 'degraded' });
  });

  it('goes on minting while a folder has the name of the file', async () => {
    await using folder = await TemporaryFolder.make();
    const { clock, service } = await serving(folder);
    await rm(folder.file(FILE));
    await mkdir(folder.file(FILE));
    expect(await twoDays(clock, service)).toEqual({ gaps: 0, state: 'degraded' });
  });
});

async function twoDays(clock: ManualClock, service: TokenProcess) {
  await service.pollSource();
  let gaps = 0;
  for (let passed = 0; passed < 2 * DAY; passed += HOUR / 4) {
    clock.advance(millis(HOUR / 4));
    await service.pollSource();
    if (service.served('aem-dev') === null) gaps += 1;
  }
  return { gaps, state: service.state('aem-dev') };
}
