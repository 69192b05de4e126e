import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

import { describe, expect, it } from 'vitest';

import { connectionLimits, openFilesLimit } from './connection-limits.ts';
import { ConnectionRoom } from './connection-room.ts';

/** A connection as the room sees it. */
class Client extends EventEmitter {
  readonly remoteAddress: string;
  bytesRead = 0;
  isBusy = false;
  destroyed = false;

  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const OTHER = '203.0.113.9';

/** Opens connections of one address, or of each address in turn. */
function open(room: ConnectionRoom, count: number, address: string | ((index: number) => string)): Client[] {
  return Array.from({ length: count }, (_, index) => {
    const client = new Client(typeof address === 'string' ? address : address(index));
    room.add(client as unknown as Socket, client);
    return client;
  });
}

const stillOpen = (clients: readonly Client[]): number =>
  clients.filter(({ destroyed }) => !destroyed).length;

describe('connectionLimits', () => {
  it.each([
    [Infinity, 20_480, 17_920],
    [1_048_576, 20_480, 17_920],
    [20_000, 19_744, 17_276],
    [1_024, 768, 672],
    [256, 128, 112],
    [20, 10, 9],
    [1, 1, 1],
  ])('keeps descriptors free of %i open files: %i connections', (openFiles, total, perAddress) => {
    expect(connectionLimits(openFiles)).toEqual({ total, perAddress });
  });

  it('reads the limit of this process', () => {
    expect(openFilesLimit()).toBeGreaterThanOrEqual(64);
  });
});

describe('ConnectionRoom', () => {
  it.each([
    ['one IPv4 address', '192.0.2.1'],
    ['one IPv4 address, as an IPv6 socket shows it', '::ffff:192.0.2.1'],
    ['one IPv6 network of 64 bits', (index: number) => `2001:db8::${(index + 1).toString(16)}`],
  ])('leaves room for others when %s opens too many connections', (_, address) => {
    const room = new ConnectionRoom({ total: 100, perAddress: 80 });
    const many = open(room, 500, address);
    expect(stillOpen(many)).toBe(80);
    expect(room.size).toBe(80);
    expect(room.crowdedOut).toBe(420);
    expect(stillOpen(open(room, 20, OTHER))).toBe(20);
    expect(stillOpen(many)).toBe(80);
  });

  it('has no limit for a single address that many clients share', () => {
    const room = new ConnectionRoom({ total: 100, perAddress: 80 }, (address) => address === '10.0.0.1');
    expect(stillOpen(open(room, 100, '10.0.0.1'))).toBe(100);
  });

  it.each([
    ['few addresses', (index: number) => `192.0.2.${index % 4}`],
    ['many addresses', (index: number) => `10.0.${index >> 8}.${index & 255}`],
  ])('closes an idle connection for each new one while %s fill it', (_, address) => {
    const room = new ConnectionRoom({ total: 100, perAddress: 80 });
    const flood = open(room, 1_000, address);
    const [probe] = open(room, 1, OTHER);
    expect(probe?.destroyed).toBe(false);
    expect(stillOpen(flood)).toBe(99);
    expect(room.size).toBe(100);
  });

  it('takes from the address with the most connections', () => {
    const room = new ConnectionRoom({ total: 100, perAddress: 80 });
    const callers = open(room, 30, (index) => `10.0.0.${index}`);
    for (const caller of callers) caller.bytesRead = 100;
    open(room, 500, '192.0.2.1');
    expect(stillOpen(callers)).toBe(30);
  });

  it('never closes a connection whose request is being answered', () => {
    const room = new ConnectionRoom({ total: 100, perAddress: 80 });
    const callers = open(room, 99, (index) => `10.0.0.${index}`);
    for (const caller of callers) caller.isBusy = true;
    const [idle] = open(room, 1, '10.0.1.1');
    for (let round = 0; round < 3; round += 1) open(room, 50, '192.0.2.1');
    expect(stillOpen(callers)).toBe(99);
    expect(idle?.destroyed).toBe(true);
    expect(room.size).toBe(100);
  });

  it('refuses the new connection while all others are busy, and accepts one again later', () => {
    const room = new ConnectionRoom({ total: 10, perAddress: 10 });
    const callers = open(room, 10, '10.0.0.1');
    for (const caller of callers) caller.isBusy = true;
    expect(stillOpen(open(room, 3, OTHER))).toBe(0);
    callers[0]?.destroy();
    expect(stillOpen(open(room, 1, OTHER))).toBe(1);
    expect(room.size).toBe(10);
  });

  it('prefers a connection that never sent a byte to one that waits for the next request', () => {
    const room = new ConnectionRoom({ total: 10, perAddress: 10 });
    const [keptAlive] = open(room, 1, '10.0.0.1');
    if (keptAlive !== undefined) keptAlive.bytesRead = 100;
    open(room, 20, '10.0.0.1');
    expect(keptAlive?.destroyed).toBe(false);
  });
});
