import { describe, expect, it } from 'vitest';

import { Caller, type Permission } from './caller.ts';

const reader = (...patterns: string[]) => new Caller('reader', patterns, ['read']);

describe('Caller with a pattern of credential names', () => {
  it.each<[pattern: string, covered: string[], other: string[]]>([
    ['aem-dev', ['aem-dev'], ['aem-de', 'aem-dev2', 'xaem-dev', 'AEM-DEV', '', 'aem-dev\n']],
    ['aem-*', ['aem-', 'aem-dev', 'aem-a.b_c'], ['aem', 'xaem-dev', 'Aem-dev']],
    ['*-dev', ['-dev', 'aem-dev', 'a-dev-dev'], ['aem-dev2', 'dev']],
    ['aem-*-dev', ['aem--dev', 'aem-eu-dev', 'aem-eu-dev-dev'], ['aem-dev', 'aem-eu-devx']],
    ['a*b*c', ['abc', 'axxbxxc', 'abcbc'], ['ab', 'acb', 'xabc']],
    ['a*a', ['aa', 'aba'], ['a', 'ab']],
    ['a**b', ['ab', 'axb'], ['a']],
    ['*', ['', 'anything', 'a.b'], []],
    ['a.b', ['a.b'], ['axb']],
    ['a.*', ['a.', 'a.b'], ['ab', 'axb']],
  ])('%s matches only the names it describes', (pattern, covered, other) => {
    for (const name of covered) expect([name, reader(pattern).mayRead(name)]).toEqual([name, true]);
    for (const name of other) expect([name, reader(pattern).mayRead(name)]).toEqual([name, false]);
  });

  it('matches a pattern of many wildcards in linear time', () => {
    const hostile = reader(`${'*a'.repeat(30)}*b`);
    expect(hostile.mayRead('a'.repeat(20_000))).toBe(false);
    expect(hostile.mayRead(`${'a'.repeat(20_000)}b`)).toBe(true);
  });

  it('matches a name if any of several patterns does', () => {
    const caller = reader('aem-dev', 'aem-stage-*');
    expect(['aem-dev', 'aem-stage-eu', 'aem-prod'].map((name) => caller.mayRead(name))).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('Caller', () => {
  it('denies everything that is not allowed', () => {
    const powerless = new Caller('powerless', [], []);
    expect(powerless.mayRead('aem-dev')).toBe(false);
    expect(powerless.maySeeStatusOf('aem-dev')).toBe(false);
    expect((['read', 'refresh', 'status', 'revoke'] as const).map((each) => powerless.may(each))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it.each<[permissions: Permission[], patterns: string[], reads: boolean, sees: boolean]>([
    [['read'], ['aem-dev'], true, false],
    [['read', 'status'], ['aem-dev'], true, true],
    [['read', 'status'], ['aem-stage'], false, false],
    [['status'], ['aem-dev'], false, true],
    [['status'], ['aem-stage'], false, false],
    [['status'], [], false, true],
    [['read'], [], false, false],
    [['refresh'], ['aem-dev'], false, false],
    [['revoke'], [], false, false],
  ])(
    'with permissions %j and patterns %j: may read aem-dev %s, may see its status %s',
    (permissions, patterns, reads, sees) => {
      const caller = new Caller('caller', patterns, permissions);
      expect(caller.mayRead('aem-dev')).toBe(reads);
      expect(caller.maySeeStatusOf('aem-dev')).toBe(sees);
    },
  );

  it.each<[permissions: Permission[], patterns: string[], reads: boolean]>([
    [['metrics'], [], true],
    [['metrics'], ['aem-dev'], true],
    [['status'], [], true],
    [['status'], ['*'], true],
    [['status'], ['aem-dev', '**'], true],
    [['status'], ['aem-dev'], false],
    [['status'], ['aem-*'], false],
    [['read', 'status'], ['a*', '*b'], false],
    [['read'], ['*'], false],
    [['read', 'refresh', 'revoke'], [], false],
  ])('with permissions %j and patterns %j: may read the metrics %s', (permissions, patterns, reads) => {
    expect(new Caller('caller', patterns, permissions).mayReadMetrics()).toBe(reads);
  });
});
