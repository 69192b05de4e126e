import { describe, expect, it } from 'vitest';

import { asSet, namesInTables } from '../docs/tables.ts';
import { SCENARIOS } from './support/scenarios.ts';

describe('docs/degraded-modes.md', () => {
  it('has a row for everything that the chaos runs let fail, and no other', async () => {
    expect(asSet(await namesInTables('degraded-modes.md'))).toEqual(asSet(Object.keys(SCENARIOS)));
  });
});
