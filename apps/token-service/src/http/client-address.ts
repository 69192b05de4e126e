import { isIP } from 'node:net';

import type { FastifyRequest } from 'fastify';

/** Where a request comes from: what a trusted proxy says if that is an address, otherwise the other end of the connection. */
export function clientAddress(request: FastifyRequest): string {
  const { ip } = request;
  return isIP(ip) === 0 ? (request.socket.remoteAddress ?? '') : ip;
}

/** What one client has in its hands: an IPv4 address, or all of an IPv6 network of 64 bits. */
export function addressGroup(address: string): string {
  if (isIP(address) !== 6) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [left = '', right] = address.toLowerCase().split('::');
  const start = groupsOf(left);
  const end = right === undefined ? [] : groupsOf(right);
  // Of an address whose end is written as IPv4 that end counts for two, and lies behind the first 64 bits anyway.
  const width = 8 - (address.includes('.') ? 1 : 0);
  const zeros = Array.from({ length: Math.max(0, width - start.length - end.length) }, () => '0');
  return `${[...start, ...zeros, ...end].slice(0, 4).join(':')}::/64`;
}

const groupsOf = (text: string): string[] =>
  text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
