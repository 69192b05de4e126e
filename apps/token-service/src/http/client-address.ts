import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';

/** `203.0.113.7:51008`, `[2001:db8::1]` or `[2001:db8::1]:443`, as some proxies write `X-Forwarded-For`. */
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]+)\])(?::\d{1,5})?$/;
/** The longest name of a network interface in Linux. A longer zone id names none, so it is dropped. */
const MAX_ZONE_LENGTH = 15;

/** The part of a request that tells who sent it. */
interface Sender {
  /** The address that Fastify reads from `X-Forwarded-For`, or that of the connection. */
  readonly ip: string;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The client's address: the one a trusted proxy names, or the peer's if the proxy names no IP address. */
export function clientAddress(request: Sender): string {
  const address = plainAddress(request.ip);
  return isIP(address) === 0 ? (request.socket.remoteAddress ?? '') : address;
}

/**
 * An address of `X-Forwarded-For` without port and brackets, and with a short zone id (RFC 4007 §11) at most.
 */
export function plainAddress(entry: string): string {
  const match = WITH_PORT.exec(entry);
  const address = match?.[1] ?? match?.[2] ?? entry;
  const zone = address.indexOf('%');
  return zone >= 0 && address.length - zone - 1 > MAX_ZONE_LENGTH ? address.slice(0, zone) : address;
}

/** The addresses that one client controls: an IPv4 address, or an IPv6 network of 64 bits (RFC 6177). */
export function addressGroup(address: string): string {
  if (isIP(address) === 0) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}
