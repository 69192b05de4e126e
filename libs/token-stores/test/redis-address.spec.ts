import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { parseRedisUrl } from '../src/redis-address.ts';

describe('REDIS_URL', () => {
  it('names a host, and may leave everything else out', () => {
    expect(parseRedisUrl('redis://cache.internal')).toEqual({
      host: 'cache.internal',
      port: 6379,
      tls: false,
      username: null,
      password: null,
      db: 0,
    });
  });

  it('may name all there is', () => {
    const { password, ...rest } = parseRedisUrl('rediss://svc%40a:p%40ss%2Cw%23rd@cache.internal:6380/3');
    expect(rest).toEqual({ host: 'cache.internal', port: 6380, tls: true, username: 'svc@a', db: 3 });
    expect(password?.reveal()).toBe('p@ss,w#rd');
  });

  it('may have a comma in its password, an IPv6 address, and a bare slash at the end', () => {
    const address = parseRedisUrl('redis://:a,b@[::1]:6379/');
    expect(address).toMatchObject({ host: '::1', username: null, db: 0 });
    expect(address.password?.reveal()).toBe('a,b');
  });

  it.each([
    ['redis+sentinel://10.0.0.1:26379,10.0.0.2:26379/main', 'Sentinel'],
    ['redis://a:6379,redis://b:6379', 'Cluster'],
    ['redis://u:hunter2@a:6379,b:6379', 'Cluster'],
    ['a:6379,b:6379', 'Cluster'],
  ])('says plainly that %s is not supported yet', (text, what) => {
    expect(() => parseRedisUrl(text)).toThrow(new RegExp(`${what}.* not supported yet in this version`));
  });

  it.each([
    ['', 'must look like redis://'],
    ['cache.internal:6379', 'must look like redis://'],
    ['https://:hunter2@cache.internal', 'must look like redis://'],
    ['redis://:hunter2@', 'must look like redis://'],
    ['redis://:hunter2@cache.internal:port', 'must look like redis://'],
    ['redis://:hunter2/x@cache.internal', 'percent-encoded'],
    ['redis://user:6379#hunter2@cache.internal', 'percent-encoded'],
    ['redis://user:6379/hunter2@cache.internal', 'percent-encoded'],
    ['redis://:hunter2@cache.internal?db=1', 'neither "?" nor "#"'],
    ['redis://:hunter2@cache.internal/main', 'number of a database'],
    ['redis://:hunter2%@cache.internal', '%25'],
    ['redis://hunter2@cache.internal', 'user but no password'],
  ])('refuses %s with the rule, and quotes nothing of it', (text, rule) => {
    expect(() => parseRedisUrl(text)).toThrow(rule);
    const quotesNothing = (error: unknown) => !inspect(error).includes('hunter2');
    expect(() => parseRedisUrl(text)).toThrow(expect.toSatisfy(quotesNothing));
  });
});
