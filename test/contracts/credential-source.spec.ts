import { rm } from 'node:fs/promises';

import { AwsSecretsManagerSource, FileCredentialSource } from '#libs/credential-sources';

import { ADOBE_ORIGINS } from '../support/credential-sources/parse.ts';
import { TemporaryFolder } from '../support/credential-sources/temporary-folder.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { describeCredentialSource } from './credential-source.contract.ts';

describeCredentialSource('FileCredentialSource', async () => {
  const folder = await TemporaryFolder.make();
  const parts = { folder: folder.path, allowedOrigins: ADOBE_ORIGINS, clock: new ManualClock() };
  return {
    source: new FileCredentialSource(parts),
    store: (name, text) => folder.write(`${name}.json`, text),
    remove: (name) => rm(folder.file(`${name}.json`)),
    breakDown: () => folder.vanish(),
    repair: () => folder.reappear(),
    close: () => folder[Symbol.asyncDispose](),
  };
});

describeCredentialSource('AwsSecretsManagerSource', async () => {
  const server = await SecretsManager.start();
  const { clientConfig } = server;
  const parts = { prefix: 'ims/', allowedOrigins: ADOBE_ORIGINS, clock: new ManualClock(), clientConfig };
  return {
    source: new AwsSecretsManagerSource(parts),
    store: async (name, text) => void server.put(`ims/${name}`, text),
    remove: async (name) => server.delete(`ims/${name}`),
    breakDown: async () => {
      server.fail('ListSecrets');
      server.fail('GetSecretValue');
    },
    repair: async () => server.recover(),
    close: () => server.close(),
  };
});
