import { describe, expect, it } from 'vitest';

import { OAUTH_ERRORS } from '../../apps/token-service/src/oauth/oauth-error.ts';
import { asSet, namesInTables } from './tables.ts';

describe('docs/oauth.md', () => {
  it('explains exactly the errors of the token endpoint', async () => {
    const terms = new Set(['client_id', 'client_secret', 'client_assertion', 'scope']);
    const named = (await namesInTables('oauth.md')).filter((name) => !terms.has(name));
    expect(asSet(named)).toEqual(asSet(Object.keys(OAUTH_ERRORS)));
  });
});
