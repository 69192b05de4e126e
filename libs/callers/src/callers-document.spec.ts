import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { CallersFileProblem } from './callers-file-problem.ts';
import { parseCallers } from './callers-document.ts';

const digest = (key: string) => hash('sha256', key, 'hex');
/** What must never be told: a key, as it may stand where it does not belong. */
const KEY = 'k3y-S3CRET-0123456789';
const LETTERS = 'SECRETSECRETSECRETSECRETSECRET';

function problemOf(text: string): string {
  try {
    parseCallers(text);
  } catch (error) {
    if (error instanceof CallersFileProblem) return error.message;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('a callers file', () => {
  it('makes callers known by each of their keys', () => {
    const registry = parseCallers(`
callers:
  - name: catalog-sync
    apiKeySha256: ["${digest('old')}", "${digest('new')}"]   # while it is rotated
    tokens: ["aem-dev", "aem-stage-*"]
  - name: grafana
    apiKeySha256: ["${digest('watcher')}"]
    permissions: [status]
`);
    expect(registry.size).toBe(2);
    expect(registry.byKey('old')?.mayRead('aem-stage-eu')).toBe(true);
    expect(registry.byKey('new')?.may('status')).toBe(false);
    expect(registry.byKey('watcher')?.maySeeStatusOf('anything')).toBe(true);
    expect(registry.byKey('watcher')?.mayRead('anything')).toBe(false);
  });

  it('may list nobody', () => {
    expect(parseCallers('callers: []').size).toBe(0);
  });

  it.each([
    ['', /^the file: must be of type object$/],
    ['[]', /^the file: must be of type object$/],
    ['callers:', /^callers: must be of type array$/],
    ['{}', /^callers: missing$/],
    ['callers: [{}]', /callers\[0\]\.name: missing; callers\[0\]\.apiKeySha256: missing/],
    ['callers: [{name: 5, apiKeySha256: []}]', /\.name: must be of type string; .*at least one digest/],
    ['callers: [{name: Bad Name}]', /^callers\[0\]\.name: must be 1 to 63 characters/],
    ['callers: []\nextra: 1', /^the file: unknown field "extra"$/],
    ['callers: [{tokns: []}]', /callers\[0\]: unknown field "tokns"/],
    ['callers: [{tokens: ["AEM"]}]', /callers\[0\]\.tokens\[0\]: must be a credential name/],
    ['callers: [{permissions: [all]}]', /permissions\[0\]: must be one of read, refresh, status, revoke/],
    ['callers: [', /^not valid YAML at line 1, column \d+ \(\w+\)$/],
    ['callers: []\ncallers: []', /^not valid YAML at line 2, column 1 \(DUPLICATE_KEY\)$/],
    ['callers: []\n---\ncallers: []', /^not valid YAML at line 2/],
    ['callers: *nobody', /^not valid YAML: an alias/],
  ])('of %j is refused with the field or the position', (text, problem) => {
    expect(problemOf(text)).toMatch(problem);
  });

  it('is told everything that is wrong with it at once', () => {
    const problem = problemOf('callers: [{name: A}, {name: b, tokens: 1}]');
    expect(problem.split('; ')).toHaveLength(4);
  });

  it.each([
    ['instead of its digest', `callers: [{name: a, apiKeySha256: ["${KEY}"]}]`],
    ['instead of a list', `callers: [{name: a, apiKeySha256: "${KEY}"}]`],
    ['as a name', `callers: [{name: "${KEY}"}]`],
    ['as a pattern', `callers: [{tokens: ["${KEY}"]}]`],
    ['as a permission', `callers: [{permissions: ["${KEY}"]}]`],
    ['as a field', `callers: [{"${KEY}": 1}]`],
    ['as a field of letters only', `callers: [{${LETTERS}: 1}]`],
    ['with no space before it', `callers: [{name: a, apiKeySha256:"${KEY}"}]`],
    ['with no space before it, on a line', `callers:\n  - name: a\n    apiKeySha256:["${KEY}"]\n`],
    ['in a quote that never ends', `callers: [{name: a, apiKeySha256: ["${KEY}]}]`],
    ['as an alias', `callers: *${KEY}`],
    ['as a tag', `callers: !${KEY} 5`],
    ['as the whole file', KEY],
  ])('quotes no key that somebody put there %s', (_, text) => {
    expect(problemOf(text)).not.toMatch(/S3CRET|SECRET/i);
  });

  it('names repeated names and digests by where they are, as a digest may be a key in truth', () => {
    const twice = digest(KEY);
    const problem = problemOf(
      `callers: [{name: same-name, apiKeySha256: ["${twice}"]}, {name: same-name, apiKeySha256: ["${twice}"]}]`,
    );
    expect(problem).toContain('callers[1].name: the same as callers[0].name');
    expect(problem).toContain('callers[1].apiKeySha256[0]: the same as callers[0].apiKeySha256[0]');
    expect(problem).not.toContain(twice.slice(0, 6));
    expect(problem).not.toContain('same-name');
  });

  it('takes no digest of an empty key, which anybody has', () => {
    expect(problemOf(`callers: [{name: a, apiKeySha256: ["${digest('')}"]}]`)).toMatch(/an empty key/);
  });

  it.each([digest('key').toUpperCase(), digest('key').slice(1), `${digest('key')}0`, `${digest('key')}\\n`])(
    'takes no digest such as %s',
    (odd) => {
      expect(problemOf(`callers: [{name: a, apiKeySha256: ["${odd}"]}]`)).toMatch(/64 lower-case hex digits/);
    },
  );

  it('does not let aliases multiply', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1,1]', 'b', 'c', 'd', 'e', 'f', 'g'].map((line, index) =>
      index === 0 ? line : `${line}: &${line} [${`*${'abcdef'[index - 1]},`.repeat(10)}]`,
    );
    expect(problemOf([...bomb, 'callers: *g'].join('\n'))).toMatch(/too many/);
  });
});
