import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { CallersFileProblem } from './callers-file-problem.ts';
import { parseCallers } from './callers-document.ts';

const digest = (key: string) => hash('sha256', key, 'hex');
/** A key in the wrong place. No message may quote it. */
const KEY = 'k3y-S3CRET-0123456789';
const LETTERS = 'SECRETSECRETSECRETSECRETSECRET';

function outcomeOf(text: string): string {
  try {
    parseCallers(text);
  } catch (error) {
    if (error instanceof CallersFileProblem) return error.message;
    throw error;
  }
  return 'accepted';
}

function problemOf(text: string): string {
  const outcome = outcomeOf(text);
  if (outcome === 'accepted') throw new Error('the file was accepted');
  return outcome;
}

describe('parseCallers', () => {
  it('finds a caller by each of its keys', () => {
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

  it('accepts an empty list of callers', () => {
    expect(parseCallers('callers: []').size).toBe(0);
  });

  it.each([
    ['', /^line 1: the file: must be a mapping: .* It is empty$/],
    ['[]', /^line 1: the file: must be a mapping/],
    ['callers:', /^line 1: callers: must be a list: .* It is empty$/],
    ['{}', /^line 1: callers: missing$/],
    [
      'callers: [{}]',
      /callers\[0\]\.name: missing; line 1: callers\[0\]: needs apiKeySha256 or jwt, or both$/,
    ],
    ['callers: [{name: 5, apiKeySha256: []}]', /\.name: must be text; .*at least one digest/],
    ['callers: [{name: Bad Name}]', /^line 1: callers\[0\]\.name: must be 1 to 63 characters/],
    ['callers: []\nextra: 1', /^line 2: the file: unknown field "extra"; the fields here are callers$/],
    ['callers: [{tokens: ["AEM"]}]', /callers\[0\]\.tokens\[0\]: must be a credential name/],
    ['callers: [{permissions: [all]}]', /permissions\[0\]: must be one of read, .*revoke, metrics/],
    ['callers: [', /^line 1, column \d+: callers: the indentation is wrong, or .* \(BAD_INDENT\)$/],
    ['callers: *nobody', /^line 1, column 10: callers: "\*" begins an alias here/],
    ['%YAML 1.1\n---\ncallers: []', /^line 1, column 1: .*1\.2/],
    ['%YAML  1.1 # octal and yes\n---\ncallers: []', /^line 1, column 1: .*1\.2/],
    ['%YAML 1.0\n---\ncallers: []', /1\.2/],
    ['%YAML 2.0\n---\ncallers: []', /1\.2/],
  ])('refuses %j with the field or the position', (text, problem) => {
    expect(problemOf(text)).toMatch(problem);
  });

  it('reads YAML 1.2, also where a directive says so', () => {
    expect(parseCallers('%YAML 1.2\n---\ncallers: []').size).toBe(0);
  });

  it('reports every problem in one message', () => {
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
  ])('quotes no key that was pasted %s', (_, text) => {
    expect(problemOf(text)).not.toMatch(/S3CRET|SECRET/i);
  });

  it('reports repeated names and digests by their place, as a digest may be a key', () => {
    const twice = digest(KEY);
    const problem = problemOf(
      `callers: [{name: same-name, apiKeySha256: ["${twice}"]}, {name: same-name, apiKeySha256: ["${twice}"]}]`,
    );
    expect(problem).toContain('callers[1].name: the same as callers[0].name');
    expect(problem).toContain('callers[1].apiKeySha256[0]: the same as callers[0].apiKeySha256[0]');
    expect(problem).not.toContain(twice.slice(0, 6));
    expect(problem).not.toContain('same-name');
  });

  it('refuses the digest of an empty key', () => {
    expect(problemOf(`callers: [{name: a, apiKeySha256: ["${digest('')}"]}]`)).toMatch(/an empty key/);
  });

  it.each([digest('key').toUpperCase(), digest('key').slice(1), `${digest('key')}0`, `${digest('key')}\\n`])(
    'refuses %s as a digest',
    (odd) => {
      expect(problemOf(`callers: [{name: a, apiKeySha256: ["${odd}"]}]`)).toMatch(/64 lower-case hex digits/);
    },
  );

  it('refuses YAML aliases that expand exponentially', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1,1]', 'b', 'c', 'd', 'e', 'f', 'g'].map((line, index) =>
      index === 0 ? line : `${line}: &${line} [${`*${'abcdef'[index - 1]},`.repeat(10)}]`,
    );
    expect(problemOf([...bomb, 'callers: *g'].join('\n'))).toMatch(/too many/);
  });
});

describe('parseCallers for a caller with a JWT identity', () => {
  const ISSUER = 'https://oidc.example/realm';
  const fileWith = (identity: unknown, rest = ''): string =>
    `callers: [{name: a, jwt: ${JSON.stringify(identity)}${rest}}]`;
  const identity = (overrides: Record<string, unknown> = {}): Record<string, unknown> => ({
    issuer: ISSUER,
    audience: 'ims-tokens',
    subject: 'system:serviceaccount:web:publisher',
    ...overrides,
  });

  it('finds the caller by exact issuer, audience and subject of a verified token', () => {
    const { jwtCallers, size } = parseCallers(fileWith(identity()));
    const claims = {
      issuer: ISSUER,
      audiences: ['x', 'ims-tokens'],
      subject: 'system:serviceaccount:web:publisher',
    };
    expect(size).toBe(1);
    expect(jwtCallers.find(claims)).toMatchObject({ name: 'a' });
    expect(jwtCallers.find({ ...claims, audiences: ['x'] })).toBe('wrong_audience');
    expect(jwtCallers.find({ ...claims, subject: 'system:serviceaccount:web:*' })).toBe('unknown_subject');
    expect(jwtCallers.keySources).toEqual([
      { issuer: ISSUER, jwksUri: undefined, bearerTokenFile: undefined },
    ]);
  });

  it('accepts keys beside the identity', () => {
    const registry = parseCallers(fileWith(identity(), `, apiKeySha256: ["${digest('key')}"]`));
    expect(registry.byKey('key')?.name).toBe('a');
  });

  it.each([
    ['http://localhost:8080', /^accepted$/],
    ['http://127.0.0.1:8080/realm', /^accepted$/],
    ['http://[::1]:8080', /^accepted$/],
    ['https://oidc.example:8443/a/', /^accepted$/],
    ['http://oidc.example', /jwt\.issuer: must be the https URL/],
    ['http://127.0.0.1.oidc.example', /jwt\.issuer: must be the https URL/],
    ['oidc.example', /jwt\.issuer: must be the https URL/],
    ['file:///etc/issuer', /jwt\.issuer: must be the https URL/],
    ['https://user:pass@oidc.example', /jwt\.issuer: must be the https URL/],
    ['https://oidc.example?a=b', /jwt\.issuer: must be the https URL/],
    ['https://oidc.example#a', /jwt\.issuer: must be the https URL/],
    [5, /jwt\.issuer: must be text/],
  ])('checks the issuer %j: %s', (issuer, problem) => {
    const text = fileWith(identity({ issuer }));
    expect(outcomeOf(text)).toMatch(problem);
  });

  it.each([
    [{ audience: '' }, /jwt\.audience: must be the "aud" claim/],
    [{ audience: ['a'] }, /jwt\.audience: must be text/],
    [{ audience: undefined }, /jwt\.audience: missing/],
    [{ subject: '' }, /jwt\.subject: must be the "sub" claim/],
    [{ subject: undefined }, /jwt\.subject: missing/],
    [{ subject: 123 }, /jwt\.subject: must be text/],
    [{ subject: 'a'.repeat(1_025) }, /jwt\.subject: is too long/],
    [{ jwksUri: 'http://oidc.example/keys' }, /jwt\.jwksUri: must be an https URL/],
    [{ jwksUri: 'https://oidc.example/keys?v=1' }, /^accepted$/],
    [{ audiences: 'a' }, /jwt: unknown field "audiences"/],
  ])('checks the identity with %j: %s', (overrides, problem) => {
    const text = fileWith(identity(overrides));
    expect(outcomeOf(text)).toMatch(problem);
  });

  it.each([
    ['instead of an identity', `callers: [{name: a, jwt: "${KEY}"}]`],
    ['as the issuer', fileWith(identity({ issuer: `https://x:${KEY}@oidc.example` }))],
    ['as where keys are', fileWith(identity({ jwksUri: `ftp://${KEY}` }))],
    ['as a field', fileWith(identity({ [KEY]: 'a' }))],
  ])('quotes no secret that was pasted %s', (_, text) => {
    expect(problemOf(text)).not.toMatch(/S3CRET/i);
  });

  it('refuses a repeated identity, and two key sets of one issuer', () => {
    const twice = (one: unknown, other: unknown) =>
      `callers: [{name: a, jwt: ${JSON.stringify(one)}}, {name: b, jwt: ${JSON.stringify(other)}}]`;
    expect(problemOf(twice(identity(), identity()))).toBe(
      'line 1: callers[1].jwt: the same as callers[0].jwt, but each must occur only once',
    );
    expect(parseCallers(twice(identity(), identity({ subject: 'b' }))).size).toBe(2);
    expect(problemOf(twice(identity(), identity({ subject: 'b', jwksUri: `${ISSUER}/keys` })))).toBe(
      'line 1: callers[1].jwt.jwksUri: differs from callers[0].jwt.jwksUri, but an issuer has one set of keys',
    );
  });
});
