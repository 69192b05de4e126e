import { once } from 'node:events';

import { describe, expect, it } from 'vitest';

import { AccessToken } from '../model/access-token.ts';
import { SystemClock } from '../model/clock.ts';
import { toCredentialName, type CredentialName } from '../model/credential-name.ts';
import type { CredentialStatusRecord } from '../model/credential-status-record.ts';
import { CurrentTokens } from './current-tokens.ts';
import type { TokenRecord } from '../model/token-record.ts';
import { instant } from '../model/units.ts';

const NAME = toCredentialName('aem-dev') as CredentialName;
const recordOf = (generation: number): TokenRecord => ({
  name: NAME,
  generation,
  token: new AccessToken(`token-${generation}`, instant(0), instant(86_400_000)),
  version: 'v1',
});
/** Only what matters here: a time. */
const reportOf = (at: number, ...causedAt: number[]) =>
  ({ name: NAME, at: instant(at), causedAt: causedAt.map(instant) }) as unknown as CredentialStatusRecord;
const fresh = () => new CurrentTokens(new SystemClock());

describe('CurrentTokens', () => {
  it('knows nothing at first, and no names that are properties of every object', () => {
    const tokens = fresh();
    for (const name of ['aem-dev', '__proto__', 'constructor', 'toString']) {
      expect(tokens.get(name)).toBeUndefined();
    }
    expect(tokens.all()).toEqual([]);
    expect(tokens.size).toBe(0);
  });

  it('only adopts higher generations, in every order of arrival', () => {
    const tokens = fresh();
    const taken = [3, 1, 7, 7, 5, 8].map((generation) => tokens.adopt(recordOf(generation)));
    expect(taken).toEqual([true, false, true, false, false, true]);
    expect(tokens.get(NAME)?.cached?.token.reveal()).toBe('token-8');
  });

  it('keeps the later status, with or without a token', () => {
    const tokens = fresh();
    tokens.adoptStatus(reportOf(5));
    tokens.adopt(recordOf(1));
    tokens.adoptStatus(reportOf(4));
    expect(tokens.get(NAME)).toMatchObject({ generation: 1, status: { at: 5 } });
    tokens.adoptStatus(reportOf(6));
    expect(tokens.get(NAME)).toMatchObject({ generation: 1, status: { at: 6 } });
  });

  it('keeps the exchanges that callers caused when a status does not know them yet', () => {
    const tokens = fresh();
    tokens.adoptStatus(reportOf(5, 1, 4));
    tokens.adoptStatus(reportOf(6, 1));
    expect(tokens.get(NAME)?.status).toMatchObject({ at: 6, causedAt: [1, 4] });
    tokens.adoptStatus(reportOf(7, 4, 7));
    expect(tokens.get(NAME)?.status).toMatchObject({ at: 7, causedAt: [4, 7] });
  });

  it('remembers a removal: older tokens do not return, newer tokens do', () => {
    const tokens = fresh();
    tokens.adopt(recordOf(4));
    tokens.forget(NAME, 5);
    expect(tokens.get(NAME)).toBeUndefined();
    expect(tokens.generationOf(NAME)).toBe(5);
    expect(tokens.adopt(recordOf(4))).toBe(false);
    expect(tokens.adopt(recordOf(5))).toBe(false);
    expect(tokens.adopt(recordOf(6))).toBe(true);
  });

  it('ignores a removal that is older than the token', () => {
    const tokens = fresh();
    tokens.adopt(recordOf(6));
    tokens.forget(NAME, 5);
    expect(tokens.get(NAME)?.generation).toBe(6);
  });

  it('notifies listeners of each change after it is stored, and of nothing else', () => {
    const tokens = fresh();
    const heard: unknown[] = [];
    const stop = tokens.onChange((name) => heard.push([name, tokens.generationOf(name), !!tokens.get(name)]));
    tokens.adopt(recordOf(3));
    tokens.adopt(recordOf(2));
    tokens.adoptStatus(reportOf(5));
    tokens.adoptStatus(reportOf(4));
    tokens.forget(NAME, 2);
    tokens.forget(NAME, 4);
    tokens.forget(NAME, 5);
    stop();
    tokens.adopt(recordOf(6));
    expect(heard).toEqual([
      [NAME, 3, true],
      [NAME, 3, true],
      [NAME, 4, false],
    ]);
  });

  it('notifies every listener even if one of them throws', async () => {
    const tokens = fresh();
    const warned = once(process, 'warning');
    const heard: string[] = [];
    tokens.onChange(() => {
      throw new Error('a listener with a defect');
    });
    tokens.onChange((name) => heard.push(name));
    expect(tokens.adopt(recordOf(1))).toBe(true);
    expect(heard).toEqual([NAME]);
    expect(await warned).toMatchObject([{ message: 'a listener with a defect' }]);
  });
});
