import { describe, expect, it } from 'vitest';

import { createLog } from './create-log.ts';

/** The lines that a log writes. */
function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  const keep = (line: string): void => void (text += line);
  const commit = (line: string): Promise<boolean> => Promise.resolve(line !== '');
  write(createLog({ write: keep, gather: keep, commit }, 'info'));
  return text;
}

describe('the log', () => {
  it.each(['\u0000', '\u001b[2J', '\n', '\u007f', '\u0080', '\u0085', '\u009b2J', '\u2028', '\u2029'])(
    'escapes %j in names, messages and errors',
    (control) => {
      const name = `aem${control}dev`;
      const text = logged((log) => log.warn({ credential: name, [name]: 1, err: new Error(name) }, name));
      expect(text).toMatch(/^[\x20-\x7e]+\n$/);
      const { credential, msg, err, ...fields } = JSON.parse(text) as Record<string, unknown>;
      expect([credential, msg, fields[name]]).toEqual([name, name, 1]);
      expect(err).toMatchObject({ message: name });
    },
  );

  it('leaves other characters as they are', () => {
    expect(logged((log) => log.info('Grüße, 漢字'))).toContain('"msg":"Grüße, 漢字"');
  });
});
