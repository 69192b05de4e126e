import { hash } from 'node:crypto';

import { parseCallers, type Caller } from '#libs/callers';
import { describe, expect, it } from 'vitest';

import { Viewer, type Admission, type ViewerStream } from './viewer.ts';

const KEY = 'key-of-viewer';
const callerOf = (rest: string): Caller => {
  const text = `callers: [{ name: viewer, apiKeySha256: ["${hash('sha256', KEY, 'hex')}"], ${rest} }]`;
  const caller = parseCallers(text).byKey(KEY);
  if (caller === null) throw new Error('the caller is not known by its key');
  return caller;
};
const ALL = callerOf('permissions: [status]');

/** A browser that takes events only when the test lets it. */
class SlowReader implements ViewerStream {
  readonly events: [string, unknown][] = [];
  isOpen = true;
  isEnded = false;
  beats = 0;
  #take: (() => void) | null = null;
  isTaking = true;

  send(event: string, data: string): Promise<void> {
    this.events.push([event, JSON.parse(data)]);
    return this.isTaking ? Promise.resolve() : new Promise((resolve) => (this.#take = resolve));
  }

  beat(): Promise<void> {
    this.beats += 1;
    return Promise.resolve();
  }

  end(): void {
    this.isEnded = true;
    this.isOpen = false;
  }

  cut(): void {
    this.isOpen = false;
  }

  takeAll(): void {
    this.isTaking = true;
    this.#take?.();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function looking(admission: Admission = { caller: ALL }) {
  const texts = new Map([
    ['aem-dev', '{"name":"aem-dev"}'],
    ['aem-prod', '{"name":"aem-prod"}'],
  ]);
  const now = { admission, callersFile: '{"ok":true,"detail":"1 caller"}', source: '{"skipped":[]}' };
  const stream = new SlowReader();
  const viewer = new Viewer(stream, () => Promise.resolve(now.admission), {
    names: () => texts.keys(),
    text: (name) => texts.get(name),
    callersFile: () => now.callersFile,
    source: () => now.source,
    now: () => 7,
  });
  return { texts, now, stream, viewer };
}

describe('a dashboard viewer', () => {
  it('gets a snapshot first, and then changes', async () => {
    const { texts, stream, viewer } = looking();
    viewer.update();
    await settled();
    texts.set('aem-dev', '{"name":"aem-dev","state":"degraded"}');
    texts.delete('aem-prod');
    viewer.noteChanges(['aem-dev', 'aem-prod']);
    await settled();
    const callersFile = { ok: true, detail: '1 caller' };
    expect(stream.events).toEqual([
      [
        'snapshot',
        {
          now: 7,
          caller: 'viewer',
          callers_file: callersFile,
          source: { skipped: [] },
          credentials: [{ name: 'aem-dev' }, { name: 'aem-prod' }],
        },
      ],
      ['changes', { now: 7, credentials: [{ name: 'aem-dev', state: 'degraded' }], removed: ['aem-prod'] }],
    ]);
  });

  it('gets nothing that its caller may not see', async () => {
    const { stream, viewer } = looking({ caller: callerOf('tokens: ["aem-dev"], permissions: [status]') });
    viewer.update();
    await settled();
    viewer.noteChanges(['aem-prod', 'aem-gone']);
    await settled();
    expect(JSON.stringify(stream.events)).not.toMatch(/aem-prod|aem-gone/);
    expect(stream.events).toHaveLength(1);
  });

  it('gets a new snapshot when the callers file changes its caller', async () => {
    const { now, stream, viewer } = looking();
    viewer.update();
    await settled();
    now.admission = { caller: callerOf('tokens: ["aem-dev"], permissions: [status]') };
    viewer.update();
    await settled();
    expect(stream.events[1]).toMatchObject(['snapshot', { credentials: [{ name: 'aem-dev' }] }]);
  });

  it('is disconnected as soon as its caller may not look any more', async () => {
    const { now, stream, viewer } = looking();
    viewer.update();
    await settled();
    now.admission = {
      caller: null,
      status: 401,
      detail: 'This key belongs to no caller: check it, or have it added to the callers file.',
    };
    viewer.noteChanges(['aem-dev']);
    await settled();
    expect(stream.events.slice(1)).toEqual([
      [
        'refused',
        {
          status: 401,
          detail: 'This key belongs to no caller: check it, or have it added to the callers file.',
        },
      ],
    ]);
    expect(stream.isEnded).toBe(true);
  });

  it('gets the health of the callers file', async () => {
    const { now, stream, viewer } = looking();
    viewer.update();
    await settled();
    now.callersFile = '{"ok":false,"detail":"broken"}';
    viewer.update();
    await settled();
    viewer.update();
    await settled();
    expect(stream.events.slice(1)).toEqual([['callers-file', { ok: false, detail: 'broken' }]]);
  });

  it('gets what is said of the credential source, once per change', async () => {
    const { now, stream, viewer } = looking();
    viewer.update();
    await settled();
    now.source = '{"skipped":[{"stored_as":"x.txt","code":"credential_invalid_name"}]}';
    viewer.update();
    await settled();
    viewer.update();
    await settled();
    expect(stream.events.slice(1)).toEqual([['source', JSON.parse(now.source)]]);
  });

  it('gets the last state of everything in one event after it has read slowly', async () => {
    const { texts, stream, viewer } = looking();
    stream.isTaking = false;
    viewer.update();
    await settled();
    for (let round = 1; round <= 100; round += 1) {
      texts.set('aem-dev', `{"name":"aem-dev","version":"v${round}"}`);
      viewer.noteChanges(['aem-dev']);
    }
    await settled();
    expect(stream.events).toHaveLength(1);
    stream.takeAll();
    await settled();
    expect(stream.events.slice(1)).toMatchObject([['changes', { credentials: [{ version: 'v100' }] }]]);
  });

  it('is disconnected when it receives nothing between two heartbeats', async () => {
    const { stream, viewer } = looking();
    viewer.update();
    await settled();
    viewer.beat();
    await settled();
    expect(stream.beats).toBe(1);
    stream.isTaking = false;
    viewer.noteChanges(['aem-dev']);
    await settled();
    viewer.beat();
    expect(stream.isOpen).toBe(true);
    viewer.beat();
    expect(stream.isOpen).toBe(false);
  });
});
