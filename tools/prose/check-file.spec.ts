import { describe, expect, it } from 'vitest';

import { checkFile } from './check-file.ts';

const found = (path: string, source: string): string[] =>
  checkFile(path, source).map(({ offset, rule, phrase }) => {
    const line = source.slice(0, offset).split('\n').length;
    return `${line} ${rule}: ${phrase}`;
  });
const ruleNames = (path: string, source: string): string[] => checkFile(path, source).map(({ rule }) => rule);

const CODE = 'libs/tokens/src/model/clock.ts';
const SPEC = 'libs/tokens/src/model/clock.spec.ts';
const PAGE = 'docs/http.md';

/** Each breaks exactly the rule that stands beside it. */
const BANNED: readonly (readonly [rule: string, sentence: string])[] = [
  ['name-the-actor', 'Who hung up while the key was read is gone already.'],
  ['name-the-actor', 'Nobody waits for it.'],
  ['name-the-actor', 'A token that somebody replaced.'],
  ['name-the-actor', 'Whoever is not in it gets nothing.'],
  ['name-the-actor', 'Made for who holds credentials.'],
  ['name-the-thing', 'It ends, whatever the reason.'],
  ['subject-first', 'Of those that were not recognised.'],
  ['subject-first', 'Has IMS take a leaked token back.'],
  ['plain-word', 'The callers can not see it.'],
  ['plain-word', 'One flight per credential.'],
  ['plain-word', 'The mirror writes the token.'],
  ['plain-word', 'Strangers are refused.'],
  ['plain-word', 'The next look at the store finds it.'],
  ['plain-word', 'A credential that is made anew.'],
  ['plain-word', 'It is kept for\n * ever.'],
];

const PLAIN: readonly string[] = [
  'The client may have disconnected during authentication.',
  'Callers who are not listed are denied.',
  'Who was given the token?',
  "Never 0 or less: OAuth clients read 0 as 'for ever'.",
  'The field `nobody` is ignored.',
  'Has the certificate expired?',
  'It costs a look-up.',
  'An in-flight refresh is a single flight.',
  'The store answers "whatever".',
  '@param nobody the user id',
  'See https://example.com/whatever for more.',
];

describe('the prose checker', () => {
  it.each(BANNED)('reports %s in a comment, a page and a message: %s', (rule, sentence) => {
    expect(ruleNames(CODE, `/** ${sentence} */\nconst a = 1;\n`)).toEqual([rule]);
    expect(ruleNames(PAGE, `${sentence.replace('\n *', '\n')}\n`)).toEqual([rule]);
    expect(ruleNames(CODE, `fail(\`${sentence.replace('\n *', '\n')}\`);\n`)).toEqual([rule]);
  });

  it.each(PLAIN)('accepts in a comment and a page: %s', (sentence) => {
    expect(found(CODE, `/** ${sentence} */\nconst a = 1;\n`)).toEqual([]);
    expect(found(PAGE, `${sentence}\n`)).toEqual([]);
  });

  it('names the line and the phrase', () => {
    expect(found(CODE, 'const a = 1;\n\n// Lines that\n// nobody reads.\nconst b = 2;\n')).toEqual([
      '4 name-the-actor: nobody',
    ]);
  });

  it('reads titles and tables of tests, and no other text of a test', () => {
    const spec = [
      "describe('a clock', () => {",
      "  it('tells nobody the time', () => {",
      "    expect('nobody knows the time').toBe(1);",
      '  });',
      "  it.each([['asked by nobody at all']])('is right when %s', () => undefined);",
      "  it.skipIf(true)('is set by nobody else', () => undefined);",
      '});',
    ];
    expect(found(SPEC, spec.join('\n'))).toEqual([
      '2 name-the-actor: nobody',
      '5 name-the-actor: nobody',
      '6 name-the-actor: nobody',
    ]);
  });

  it('does not read names, keys, imports and text in code', () => {
    expect(found(CODE, "import { mirror } from './mirror a b nobody.ts';\nmirror('nobody');\n")).toEqual([]);
    expect(found(PAGE, '```sh\nmirror for nobody\n```\n\nSee [the page](nobody/whatever.md).\n')).toEqual([]);
  });

  it('reads comments and values of YAML', () => {
    expect(found('deploy/prometheus/rules.yml', '# For nobody.\nsummary: no mirror\n')).toEqual([
      '1 name-the-actor: nobody',
      '2 plain-word: mirror',
    ]);
  });
});

describe('the width of lines', () => {
  const words = (columns: number): string => 'word '.repeat(columns / 5 + 1).slice(0, columns);

  it('is at most 110 columns for comments', () => {
    expect(ruleNames(CODE, `// ${words(106)}x\n/*\n * ${words(106)}x\n */\n`)).toEqual([]);
    expect(ruleNames(CODE, `// ${words(107)}x\n/*\n * ${words(107)}x\n */\n`)).toEqual([
      'line-width',
      'line-width',
    ]);
    expect(ruleNames(CODE, `const text = '${words(200)}';\n`)).toEqual([]);
  });

  it('is at most 120 columns for pages', () => {
    expect(ruleNames(PAGE, `${words(119)}x\n`)).toEqual([]);
    expect(ruleNames(PAGE, `${words(120)}x\n`)).toEqual(['line-width']);
  });

  it('is free for tables, headings, blocks of code and targets of links', () => {
    const page = [
      `| ${words(200)} |`,
      `## ${words(200)}`,
      '',
      '```sh',
      words(200),
      '```',
      `${words(100)} [link](${'a'.repeat(90)}.md)`,
      `${words(100)} https://example.com/${'a'.repeat(90)}`,
    ];
    expect(ruleNames(PAGE, page.join('\n'))).toEqual([]);
  });
});
