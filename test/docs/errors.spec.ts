import {
  CREDENTIAL_PROBLEM_CODES,
  EXCHANGE_FAILURE_CODES,
  SourceUnavailable,
  StoreUnavailable,
} from '#libs/tokens';
import { CallersFileProblem, CallersFileUnreadable } from '#libs/callers';
import { describe, expect, it } from 'vitest';

import { PROBLEMS } from '../../apps/token-service/src/http/problem.ts';
import { asSet, namesInTables } from './tables.ts';

describe('docs/errors.md', () => {
  it('explains exactly the codes that exist', async () => {
    const there = [
      ...Object.keys(PROBLEMS),
      ...CREDENTIAL_PROBLEM_CODES,
      ...EXCHANGE_FAILURE_CODES,
      'local_token_expired',
      'local_token_expiring',
      new SourceUnavailable().code,
      new StoreUnavailable().code,
      new CallersFileProblem().code,
      new CallersFileUnreadable().code,
    ];
    expect(asSet(await namesInTables('errors.md'))).toEqual(asSet(there));
  });
});
