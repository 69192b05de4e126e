import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { STALL_LIMIT_MS } from '../../apps/token-service/src/http/bounded-server.ts';
import { MAX_WAITING } from '../../apps/token-service/src/http/request-queue.ts';

it('docs/http.md names the limits of one connection', async () => {
  const page = await readFile(new URL('../../docs/http.md', import.meta.url), 'utf8');
  const text = page.replaceAll(/\s+/g, ' ');
  expect(text).toContain(`more than ${MAX_WAITING} pipelined requests wait`);
  expect(text).toContain(`takes no byte of its answer for ${STALL_LIMIT_MS / 1_000} seconds`);
});
