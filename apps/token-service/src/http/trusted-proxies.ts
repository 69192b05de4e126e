import { z } from 'zod';

const addressOrNetwork = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** Networks of every address, in the halves that `@fastify/proxy-addr` accepts: it refuses a prefix of 0. */
const EVERY_IPV4 = ['0.0.0.0/1', '128.0.0.0/1'];
const EVERY_ADDRESS = [...EVERY_IPV4, '::/1', '8000::/1'];

/**
 * Reads `TRUSTED_PROXIES` (`10.0.0.0/8, 192.0.2.7, 2001:db8::/32`) for Fastify's option `trustProxy`: Fastify
 * believes the `X-Forwarded-For` of these proxies and ignores that of every other address.
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
