import { hash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { CallersFileProblem } from './callers-file-problem.ts';
import { parseCallers } from './callers-document.ts';

const DIGEST = hash('sha256', 'key', 'hex');

function problemOf(text: string): string {
  try {
    parseCallers(text);
  } catch (error) {
    if (error instanceof CallersFileProblem) return error.message;
    throw error;
  }
  throw new Error('the file was accepted');
}

/** A file with the lines of one valid caller first: its mistake is from line 4 on. */
const after = (...lines: string[]): string =>
  ['callers:', '  - name: good', `    apiKeySha256: ["${DIGEST}"]`, ...lines].join('\n');

describe('a misspelt field of the callers file', () => {
  it.each([
    ['apikeySha256', 'apiKeySha256'],
    ['api_key_sha256', 'apiKeySha256'],
    ['api-key-sha256', 'apiKeySha256'],
    ['APIKEYSHA256', 'apiKeySha256'],
    ['apiKeySha265', 'apiKeySha256'],
    ['apiKeysSha256', 'apiKeySha256'],
    ['apiKeySha', 'apiKeySha256'],
    ['apiKey', 'apiKeySha256'],
    ['permisions', 'permissions'],
    ['Permission', 'permissions'],
    ['token', 'tokens'],
    ['tokns', 'tokens'],
    ['JWT', 'jwt'],
    ['nmae', 'name'],
  ])('gets its line, its name and what was meant: %s', (name, meant) => {
    expect(problemOf(after(`    ${name}: x`))).toContain(
      `line 4: callers[0]: unknown field "${name}"; did you mean ${meant}?`,
    );
  });

  it.each([
    ['jwks_uri', 'jwksUri'],
    ['jwksURI', 'jwksUri'],
    ['sub', 'subject'],
    ['aud', 'audience'],
    ['audiences', 'audience'],
    ['isuer', 'issuer'],
    ['bearer_token_file', 'bearerTokenFile'],
  ])('of an identity too: %s', (name, meant) => {
    const problem = problemOf(
      after('  - name: other', '    jwt:', '      issuer: https://a', `      ${name}: x`),
    );
    expect(problem).toContain(`line 7: callers[1].jwt: unknown field "${name}"; did you mean ${meant}?`);
  });

  it.each(['role', 'enabled', 'clientName', 'rate_limit'])(
    'lists the fields for another word: %s',
    (name) => {
      expect(problemOf(after(`    ${name}: x`))).toBe(
        `line 4: callers[0]: unknown field "${name}"; ` +
          'the fields here are name, apiKeySha256, jwt, tokens, permissions',
      );
    },
  );

  it('shows letters that only look like the right ones', () => {
    expect(problemOf(after('    tоkens: [a]'))).toContain(
      'unknown field "t\\u043ekens"; did you mean tokens?',
    );
  });

  it('reports each field of several with its line, in the order of the lines', () => {
    const problem = problemOf(after('    tokns: [a]', '  - nam: b', '    permisions: [read]'));
    expect(
      problem.split('; ').map((part) => /^line (\d+): ([\w[\]]+)/.exec(part)?.slice(1).join(' ')),
    ).toEqual(expect.arrayContaining(['4 callers[0]', '5 callers[1]', '6 callers[1]']));
    const lines = [...problem.matchAll(/line (\d+)/g)].map(([, line]) => Number(line));
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });
});

describe('a misplaced field of the callers file', () => {
  it.each([
    [
      'an identity that is not indented',
      after('  - name: other', '    jwt:', '    issuer: https://a'),
      'line 6: callers[1]: unknown field "issuer"; issuer belongs in callers[].jwt: check the indentation',
    ],
    [
      'a caller outside the list',
      'callers: []\nname: a\n',
      'line 2: the file: unknown field "name"; name belongs in callers[]: check the indentation',
    ],
    [
      'permissions below tokens, as a list of the file',
      after('permissions: [read]'),
      'line 4: the file: unknown field "permissions"; permissions belongs in callers[]: check the indentation',
    ],
    ['a merge key', after('    <<: {tokens: [a]}'), 'line 4: callers[0]: merge keys (<<) are not supported'],
    ['no space', `callers:\n  - {name: a, jwt:"x"}`, 'line 2: callers[0]: write a space after "jwt:"'],
  ])('gets its line: %s', (_, text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });
});

describe('wrong YAML in the callers file', () => {
  it.each([
    [
      'a field twice',
      after('    name: again'),
      'line 4, column 5: callers[0].name: this field is already set',
    ],
    ['the list twice', 'callers: []\n\ncallers: []', 'line 3, column 1: callers: this field is already set'],
    ['a tab before a field', after('\ttokens: [a]'), /^line 4, column 1: .*a tab in the indentation/],
    ['a tab before the list', 'callers:\n\t- name: a', /^line 2, column 1: .*a tab in the indentation/],
    ['too little indentation', after('   tokens: [a]'), /^line 4, column 1: callers.*indented wrongly/],
    [
      'too much',
      'callers:\n  - name: a\n     tokens: [a]',
      /^line 2, column 11: callers\[0\]\.name: .*too far/,
    ],
    ['a bracket left open', after('    tokens: [a', '    permissions: [read]'), /^line 5.*not closed/],
    ['a quote left open', after('    tokens: ["a]'), /^line 4.*not closed/],
    ['two documents', `${after()}\n---\ncallers: []\n`, /^line 4.*a second document begins here/],
    ['a document after an end', `${after()}\n...\n---\ncallers: []\n`, /a second document begins here/],
    ['a pattern without quotes', after('    tokens: [aem-dev, *-stage]'), /^line 4, column 23: .*in quotes/],
    ['only a star', after('    tokens: [*]'), /^line 4, column 14: .*in quotes/],
    [
      'a reserved first letter',
      after('    tokens: @aem'),
      /^line 4, column 13: callers\[0\]\.tokens: .*quotes/,
    ],
    ['a tag', after('    tokens: !list [a]'), /^line 4, column 13: callers\[0\]\.tokens: tags/],
    ['no end of brackets', `callers: ${'['.repeat(9_000)}`, /^line 1, column \d+: callers(\[0\]){3}: \D+$/],
    ['a directive', `%SECRET 1\n---\n${after()}`, /^line 1.*"%"/],
  ])('gets line, column and a remedy: %s', (_, text, problem) => {
    expect(problemOf(text)).toMatch(problem);
  });

  it.each([
    [
      'text for a list',
      after('    tokens: aem-dev'),
      'line 4: callers[0].tokens: must be a list: [a, b], or',
    ],
    [
      'a number as a name',
      'callers:\n  - name: 7\n',
      'line 2: callers[0].name: must be text; write it in quotes',
    ],
    ['nothing', after('    tokens:'), 'line 4: callers[0].tokens: must be a list'],
    ['a mapping for the list', 'callers:\n  name: a\n', 'line 1: callers: must be a list'],
    [
      'text for a caller',
      'callers:\n  - name:a\n',
      'line 2: callers[0]: must be a mapping: lines of "field: value"',
    ],
    ['text for an identity', after('    jwt: kubernetes'), 'line 4: callers[0].jwt: must be a mapping'],
    ['a date', after('    tokens: [2026-11-28, 5]'), 'line 4: callers[0].tokens[1]: must be text'],
    ['a missing field', after('  - tokens: [a]'), 'line 4: callers[1].name: missing'],
  ])('gets the line and the right type: %s', (_, text, problem) => {
    expect(problemOf(text)).toContain(problem);
  });
});

describe('a key in the place of a field name of the callers file', () => {
  // The parser prints its warnings with this function.
  const emitWarning = vi.spyOn(process, 'emitWarning');
  afterEach(() => emitWarning.mockClear());

  const KEYS = [
    'p8e-kJ3xQz0pW7vN2mT5rY8bL1cD4fG6hJ9k',
    'hunter2',
    'correct-horse-battery-staple',
    'SECRETSECRETSECRETSECRETSECRET',
    'secretsecretsecretsecret',
    '4be9f8f04ddd4b3c8e1c5f6a7d8e9f00',
    'QmFzZTY0S2V5T2ZTb21lS2luZA==',
    'x'.repeat(2_000),
  ];
  const places = (key: string): [string, string][] => [
    ['a field', after(`    ${key}: x`)],
    ['a field of the file', `${key}: 1\ncallers: []`],
    ['a field in quotes', after(`    "${key}": x`)],
    ['a field of an identity', after('    jwt:', `      ${key}: x`)],
    ['a list as a name', after(`    [${key}]: x`)],
    ['a mapping as a name', after(`    {${key}: 5}: x`)],
    ['an explicit name', after(`    ? {${key}: 5}`, '    : x')],
    ['a field twice', after(`    ${key}: x`, `    ${key}: x`)],
    ['a field around an error', after(`    ${key}: {name: "a}`)],
    ['an alias', after(`    tokens: *${key}`)],
    ['an anchor', after(`    tokens: &${key} x y: z`)],
    ['a tag', after(`    tokens: !${key} [a]`)],
    ['a directive', `%${key} 1\n---\n${after()}`],
    ['no space before it', after(`    apiKeySha256:${key}`)],
    ['an enumeration', after(`    permissions: ["${key}"]`)],
  ];

  it.each(KEYS.flatMap((key) => places(key).map(([place, text]) => [place, key, text] as const)))(
    'is not shown and nothing else prints it: %s, %s',
    (_, key, text) => {
      const problem = problemOf(text);
      expect(problem).toMatch(/^line \d+/);
      expect(problem).not.toContain(key.slice(0, 6));
      expect(emitWarning).not.toHaveBeenCalled();
    },
  );
});
