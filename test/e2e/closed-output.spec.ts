import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

import { expect, it } from 'vitest';

import { built } from '../support/process.ts';
import { makeWorkplace } from '../support/token-service.ts';

it('a service whose log is no longer read says so on standard error, and stops on SIGTERM', async () => {
  const workplace = await makeWorkplace();
  const child = spawn(process.execPath, [built('token-service')], {
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: workplace.credentialFolder,
      CALLERS_FILE: workplace.callersFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const complaints = text(child.stderr);
  for await (const chunk of child.stdout) if (String(chunk).includes('listening')) break;
  child.stdout.destroy();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await complaints).toContain('The reader of standard output has gone');
  await workplace.close();
});
