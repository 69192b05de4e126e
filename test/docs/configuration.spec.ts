import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import {
  refreshingEnvironment,
  sharedEnvironment,
  vendingEnvironment,
} from '../../apps/token-service/src/config/environment.ts';
import { readServiceConfig } from '../../apps/token-service/src/config/service-config.ts';
import { asSet, namesInTables } from './tables.ts';

const VARIABLES = [sharedEnvironment, vendingEnvironment, refreshingEnvironment].flatMap(({ shape }) =>
  Object.keys(shape),
);
const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  it('lists exactly the variables that the service reads', async () => {
    expect(asSet(await namesInTables('configuration.md'))).toEqual(asSet(VARIABLES));
  });

  it('names the defaults of the service', async () => {
    const { vending, refreshing, ...shared } = readServiceConfig({
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: '/c',
      CALLERS_FILE: '/f',
    });
    const config: Record<string, unknown> = { ...shared, ...vending, ...refreshing };
    const rows = (await read('docs/configuration.md')).matchAll(/^\| `(\w+)`\s*\| `([^`]+)`/gm);
    const claimed = [...rows].filter(([, name]) => name !== 'IMS_ALLOWED_ORIGINS');
    expect(claimed.length).toBeGreaterThan(5);
    for (const [, name = '', value] of claimed) expect([name, String(config[name])]).toEqual([name, value]);
  });
});
