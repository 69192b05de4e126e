import { hash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { parseCallers } from './callers-document.ts';
import { parseCallersApart } from './parse-callers-apart.ts';

const keyOf = (index: number): string => `key of ${index}`;

/** A callers file with this many callers, each with a key, some with a workload identity too. */
const fileOf = (count: number): string =>
  `callers:\n${Array.from({ length: count }, (_, index) => {
    const digest = hash('sha256', keyOf(index), 'hex');
    const jwt = `{ issuer: https://oidc.example, audience: a, subject: s${index} }`;
    const identity = index % 3 === 0 ? `\n    jwt: ${jwt}` : '';
    return `  - name: c${index}\n    apiKeySha256: ["${digest}"]${identity}\n    tokens: [aem-${index}]\n`;
  }).join('')}`;

describe('parseCallersApart', () => {
  it.each([1, 150, 151, 250, 251, 3_000])('reads %i callers as parseCallers does', async (count) => {
    const text = fileOf(count);
    const registry = await parseCallersApart(text);
    expect(registry).toEqual(parseCallers(text));
    expect(registry.size).toBe(count);
    for (let index = 0; index < count; index += 50) {
      expect(registry.byKey(keyOf(index))?.mayRead(`aem-${index}`)).toBe(true);
    }
  });

  it.each([
    ['an unknown field', (text: string) => `${text}admin: true\n`],
    ['a name twice', (text: string) => `${text}${fileOf(1).slice('callers:\n'.length)}`],
    ['a broken end', (text: string) => `${text}  - {name: [`],
    ['a wrong type', () => `callers: 5 # ${'x'.repeat(30_000)}`],
  ])('rejects a large file with %s as parseCallers does', async (_, damage) => {
    const text = damage(fileOf(1_000));
    const expected = ((): string => {
      try {
        parseCallers(text);
        return 'no error';
      } catch (error) {
        return error instanceof Error ? error.message : 'no error';
      }
    })();
    await expect(parseCallersApart(text)).rejects.toThrow(expected);
  });

  it('lets other work run while it reads a large file', async () => {
    const state = { isDone: false };
    const parsed = parseCallersApart(fileOf(3_000)).finally(() => (state.isDone = true));
    let turns = 0;
    while (!state.isDone) {
      await turn();
      turns += 1;
    }
    await parsed;
    // At least one turn for each slice of 250 callers.
    expect(turns).toBeGreaterThan(12);
  });
});
