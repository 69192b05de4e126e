import { BlockList, isIP, isIPv6 } from 'node:net';

import { z } from 'zod';

import { plainAddress } from './client-address.ts';

const addressOrNetwork = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** `0.0.0.0/0` and `::/0` in halves. `::/0` includes every IPv4 address. */
const EVERY_IPV4 = ['0.0.0.0/1', '128.0.0.0/1'];
const EVERY_ADDRESS = [...EVERY_IPV4, '::/1', '8000::/1'];

/**
 * Reads `TRUSTED_PROXIES` (`10.0.0.0/8, 192.0.2.7, 2001:db8::/32`): the service believes the
 * `X-Forwarded-For` of these proxies and ignores that of every other address.
 * @throws TypeError that quotes the entry at fault
 */
export function parseTrustedProxies(text: string): string[] {
  return text.split(',').flatMap((part) => {
    const entry = part.trim();
    if (!addressOrNetwork.safeParse(entry).success) {
      throw new TypeError(
        `must be addresses or networks such as 10.0.0.0/8, comma-separated, which ${JSON.stringify(entry)} is not`,
      );
    }
    if (!entry.endsWith('/0')) return [entry];
    return entry.includes(':') ? EVERY_ADDRESS : EVERY_IPV4;
  });
}

/**
 * The function for Fastify's option `trustProxy`. Fastify's own takes an entry with a port for no address,
 * and so stops at the first such proxy.
 */
export function trusts(proxies: readonly string[]): (entry: string) => boolean {
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  return (entry) => {
    const [address = ''] = plainAddress(entry).split('%');
    const version = isIP(address);
    return version !== 0 && trusted.check(address, version === 6 ? 'ipv6' : 'ipv4');
  };
}
