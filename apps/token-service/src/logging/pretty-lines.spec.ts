import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { prettyLines } from './pretty-lines.ts';

const TIME = '2026-11-28T10:15:02.123Z';
const line = (fields: object): string => `${JSON.stringify({ level: 'info', time: TIME, ...fields })}\n`;
const plain = (lines: string): string => prettyLines(lines, false);

describe('prettyLines', () => {
  it.each([
    [
      { event: 'token.minted', credential: 'aem-dev', took_ms: 12, msg: 'token minted' },
      'INFO  token minted credential=aem-dev took_ms=12',
    ],
    [{ event: 'token.vended', caller: 'demo', token_sha256: null }, 'INFO  token.vended caller=demo'],
    [
      { level: 'warn', msg: 'a b', reason: 'two words', list: [1, 'a'] },
      'WARN  a b reason="two words" list=[1,"a"]',
    ],
    [{ level: 'error', msg: 'x', url: 'https://a.example/b?c=d' }, 'ERROR x url="https://a.example/b?c=d"'],
  ])('shows time, level, message and fields of %j on one line', (fields, text) => {
    const pretty = plain(line(fields));
    expect(pretty).toMatch(/^\d\d:\d\d:02 /);
    expect(pretty.slice('00:00:00 '.length)).toBe(`${text}\n`);
  });

  it('keeps the number and the order of lines', () => {
    expect(plain(line({ msg: 'one' }) + line({ msg: 'two' }))).toMatch(/^\S+ INFO  one\n\S+ INFO  two\n$/);
  });

  it('shows the stack of an error below its line', () => {
    const pretty = plain(
      line({ msg: 'failed', err: { type: 'E', message: 'm', stack: 'E: m\n    at f (a.js:1)' } }),
    );
    expect(pretty).toMatch(/ failed\n {4}E: m\n {8}at f \(a\.js:1\)\n$/);
  });

  it.each(['\u001B[2J', '\u009B2J', '\r', '\u202E', '\u2028', '\u0007', '\n', '\uDB40\uDC41'])(
    'escapes %j in messages, names, values and stacks',
    (character) => {
      const bad = `a${character}b`;
      for (const fields of [
        { msg: bad },
        { msg: 'm', [bad]: 1 },
        { caller: bad },
        { list: [bad] },
        { level: bad },
        { time: bad },
      ]) {
        const pretty = plain(line(fields));
        expect(pretty.trimEnd()).not.toContain(character);
        expect(pretty.match(/\n/g)).toHaveLength(1);
      }
      const stack = plain(line({ msg: 'm', err: { stack: bad } }));
      expect(character === '\n' || !stack.trimEnd().includes(character)).toBe(true);
    },
  );

  it('adds colours only where they are wanted', () => {
    const lines = line({ level: 'error', msg: 'm', a: 1 });
    const coloured = prettyLines(lines, true);
    expect(coloured).toContain('\u001B[31m');
    expect(stripVTControlCharacters(coloured)).toBe(plain(lines));
  });

  it.each(['not JSON', '{}', '5', '"text"', '[1]'])('leaves %s as it is, or shows it', (text) => {
    expect(() => plain(`${text}\n`)).not.toThrow();
    expect(plain(`${text}\n`)).toMatch(/\n$/);
  });
});
