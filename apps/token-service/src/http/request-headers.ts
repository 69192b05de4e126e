import { isIPv6 } from 'node:net';

import type { onRequestHookHandler } from 'fastify';

import { Problem } from './problem.ts';

/** RFC 3986 §3.2.2 and §3.2.3: a registered name or IPv4 address, or an IP literal; with a port perhaps. */
const HOST = /^(?:(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*|\[(?<literal>[^\]]*)\])(?::(?<port>\d*))?$/i;
/** RFC 3986 §3.2.2. */
const FUTURE_LITERAL = /^v[\da-f]+\.[\w.~!$&'()*+,;=:-]+$/i;
const MAX_PORT = 65_535;

/** Clients send the same host again and again. */
let lastGoodHost = '';

/**
 * Refuses a request with two `Host` or two `Authorization` headers, or with an impossible host (RFC 9112
 * §3.2). Node keeps only the first of two, and a proxy may have checked the other one.
 */
export const refuseBadHeaders: onRequestHookHandler = ({ raw }, _reply, done) =>
  done(problemOf(raw.rawHeaders));

function problemOf(rawHeaders: readonly string[]): Problem | undefined {
  let hosts = 0;
  let authorizations = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') {
      hosts += 1;
      const host = rawHeaders[at + 1] ?? '';
      if (host === lastGoodHost) continue;
      if (!isHost(host)) return refused('The Host header is no host name or address with an optional port.');
      lastGoodHost = host;
    } else if (name.length === 13 && name.toLowerCase() === 'authorization') authorizations += 1;
  }
  if (hosts > 1) return refused('The request has more than one Host header; send one.');
  if (authorizations > 1) return refused('The request has more than one Authorization header; send one.');
  return undefined;
}

const refused = (detail: string): Problem => new Problem('invalid_request', detail);

function isHost(host: string): boolean {
  const match = HOST.exec(host);
  if (match === null) return false;
  const { literal, port = '' } = match.groups ?? {};
  if (Number(port) > MAX_PORT) return false;
  return literal === undefined || FUTURE_LITERAL.test(literal) || (isIPv6(literal) && !literal.includes('%'));
}
