import { FileCredentialSource } from '#libs/credential-sources';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { ADOBE_ORIGINS } from '../../../../test/support/credential-sources/parse.ts';
import { TemporaryFolder } from '../../../../test/support/credential-sources/temporary-folder.ts';

describe('FileCredentialSource without a credential', () => {
  it('tells what it skipped, once per change', async () => {
    await using folder = await TemporaryFolder.make();
    const told: string[] = [];
    const source = new FileCredentialSource({
      folder: folder.path,
      allowedOrigins: ADOBE_ORIGINS,
      clock: new ManualClock(),
      onEmpty: (diagnosis) => told.push(diagnosis),
    });
    await source.list();
    await source.list();
    expect(told).toEqual([expect.stringContaining('is empty. Check CREDENTIAL_DIR')]);
    for (const name of ['aem-dev', 'aem-prod.JSON', 'NOT A NAME.json']) await folder.write(name, '{}');
    await source.list();
    await source.list();
    expect(told.slice(1)).toEqual([
      expect.stringMatching(
        /holds 3 files, none named NAME\.json.*"NOT A NAME.json", "aem-dev", "aem-prod.JSON"/,
      ),
    ]);
    await folder.write('aem-dev.json', oauthDocument());
    await source.list();
    expect(told).toHaveLength(2);
  });
});
