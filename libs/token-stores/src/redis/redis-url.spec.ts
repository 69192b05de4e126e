import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import type { ClusterAddress, SentinelAddress } from './redis-address.ts';
import { parseRedisUrl } from './redis-url.ts';

describe('REDIS_URL', () => {
  it('names a host, and may leave everything else out', () => {
    expect(parseRedisUrl('redis://cache.internal')).toEqual({
      kind: 'single',
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
    expect(rest).toEqual({
      kind: 'single',
      host: 'cache.internal',
      port: 6380,
      tls: true,
      username: 'svc@a',
      db: 3,
    });
    expect(password?.reveal()).toBe('p@ss,w#rd');
  });

  it('may have a comma in its password, an IPv6 address, and a bare slash at the end', () => {
    const address = parseRedisUrl('redis://:a,b@[::1]:6379/');
    expect(address).toMatchObject({ host: '::1', username: null, db: 0 });
    expect(address.password?.reveal()).toBe('a,b');
  });

  it.each([
    ['', 'must look like redis://'],
    ['cache.internal:6379', 'must look like redis://'],
    ['a:6379,b:6379', 'must look like redis://'],
    ['redis://:hunter2@a:6379,,b', 'must look like redis://'],
    ['redis://:hunter2@a,rediss://b', 'either redis:// or rediss://'],
    ['redis://:hunter2@a/1,redis://b', 'has none but 0'],
    ['redis+sentinel://:hunter2@s1', 'must look like redis+sentinel://'],
    ['redis+sentinel:///main', 'must look like redis+sentinel://'],
    ['redis+sentinel://:hunter2@/main', 'must look like redis+sentinel://'],
    ['redis+sentinel://:hunter2@s1,/main', 'must look like redis+sentinel://'],
    ['redis+sentinel://:hunter2@s1/main/x', 'must look like redis+sentinel://'],
    ['redis+sentinel://:hunter2/x@s1/main', 'must look like redis+sentinel://'],
    ['redis+sentinel://hunter2@s1/main', 'user but no password'],
    ['redis+sentinel://s1/main?password=hunter2', 'only sentinelUsername and sentinelPassword'],
    ['redis+sentinel://s1/main?sentinelUsername=hunter2', 'no sentinelPassword'],
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

describe('REDIS_URL with several addresses', () => {
  it('names seeds of a Cluster, with the first login there is for all', () => {
    const { password, ...rest } = parseRedisUrl(
      'rediss://a,rediss://svc:p%40,ss@b:7001, rediss://x:y@[::1]:7002',
    ) as ClusterAddress;
    expect(rest).toEqual({
      kind: 'cluster',
      seeds: [
        { host: 'a', port: 6379 },
        { host: 'b', port: 7001 },
        { host: '::1', port: 7002 },
      ],
      tls: true,
      username: 'svc',
    });
    expect(password?.reveal()).toBe('p@,ss');
  });

  it('may say scheme and login only once', () => {
    const said = parseRedisUrl('redis://:a,b@a:7000,b:7001,c') as ClusterAddress;
    expect(said.seeds.map(({ host, port }) => `${host}:${port}`)).toEqual(['a:7000', 'b:7001', 'c:6379']);
    expect(said.password?.reveal()).toBe('a,b');
  });

  it('means a Cluster even where the one entrance to it is named twice', () => {
    expect(parseRedisUrl('redis://a,redis://a')).toMatchObject({
      kind: 'cluster',
      seeds: [{ host: 'a', port: 6379 }],
    });
  });
});

describe('REDIS_URL with Sentinels', () => {
  it('names them and the master, and may leave everything else out', () => {
    expect(parseRedisUrl('redis+sentinel://10.0.0.1,s2:26380/main')).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: '10.0.0.1', port: 26379 },
        { host: 's2', port: 26380 },
      ],
      masterName: 'main',
      tls: false,
      username: null,
      password: null,
      db: 0,
      sentinelUsername: null,
      sentinelPassword: null,
    });
  });

  it('keeps the login of Redis and that of the Sentinels apart', () => {
    const url = 'rediss+sentinel://svc:p,%40@s1,s2/main/3?sentinelPassword=q+%26r&sentinelUsername=sen';
    const address = parseRedisUrl(url) as SentinelAddress;
    expect(address).toMatchObject({ tls: true, username: 'svc', db: 3, sentinelUsername: 'sen' });
    expect([address.password?.reveal(), address.sentinelPassword?.reveal()]).toEqual(['p,@', 'q+&r']);
    expect(inspect(address)).not.toMatch(/p,@|q\+&r/);
  });
});
