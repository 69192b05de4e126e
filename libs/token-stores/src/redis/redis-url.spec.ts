import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import type { ClusterAddress, SentinelAddress } from './redis-address.ts';
import { parseRedisUrl } from './redis-url.ts';

describe('parseRedisUrl', () => {
  it('applies defaults to a URL with only a host', () => {
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

  it('parses TLS, user, password, port and database', () => {
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

  it('accepts a comma in the password, an IPv6 address and a final slash', () => {
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
  ])('refuses %s with the rule, and quotes nothing of the text', (text, rule) => {
    expect(() => parseRedisUrl(text)).toThrow(rule);
    const quotesNothing = (error: unknown) => !inspect(error).includes('hunter2');
    expect(() => parseRedisUrl(text)).toThrow(expect.toSatisfy(quotesNothing));
  });
});

describe('parseRedisUrl with the schemes of Valkey', () => {
  it.each([
    ['valkey://cache', 'redis://cache'],
    ['valkeys://svc:pw@cache:6380/2', 'rediss://svc:pw@cache:6380/2'],
    ['VALKEYS://cache', 'rediss://cache'],
    ['valkey://a,valkey://b:7001', 'redis://a,redis://b:7001'],
    ['valkeys://a, rediss://b', 'rediss://a, rediss://b'],
    ['valkey://:p,q@a:7000,b:7001', 'redis://:p,q@a:7000,b:7001'],
    ['valkey+sentinel://s1,s2/main/3', 'redis+sentinel://s1,s2/main/3'],
    ['valkeys+sentinel://:pw@s1/main', 'rediss+sentinel://:pw@s1/main'],
  ])('parses %s as %s', (valkey, redis) => {
    const [one, other] = [parseRedisUrl(valkey), parseRedisUrl(redis)];
    expect(one).toEqual(other);
    expect(one.password?.reveal()).toBe(other.password?.reveal());
  });

  it.each(['valkey:hunter2', 'valkeyss://:hunter2@a', 'valkey://:hunter2@a,valkeys://b'])(
    'refuses %s',
    (text) => {
      expect(() => parseRedisUrl(text)).toThrow(/must/);
    },
  );
});

describe('parseRedisUrl with a user without a password', () => {
  it.each(['redis://svc@a', 'redis://svc@a:1,b:2', 'redis+sentinel://svc@s1/main'])('accepts %s', (text) => {
    expect(parseRedisUrl(text)).toMatchObject({ username: 'svc', password: null });
  });
});

describe('parseRedisUrl with several addresses', () => {
  it('parses the seeds of a Cluster, with the first login for all', () => {
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

  it('accepts scheme and login on the first address only', () => {
    const address = parseRedisUrl('redis://:a,b@a:7000,b:7001,c') as ClusterAddress;
    expect(address.seeds.map(({ host, port }) => `${host}:${port}`)).toEqual(['a:7000', 'b:7001', 'c:6379']);
    expect(address.password?.reveal()).toBe('a,b');
  });

  it('parses one address given twice as a Cluster', () => {
    expect(parseRedisUrl('redis://a,redis://a')).toMatchObject({
      kind: 'cluster',
      seeds: [{ host: 'a', port: 6379 }],
    });
  });
});

describe('parseRedisUrl with Sentinels', () => {
  it('applies defaults to a URL with Sentinels and master only', () => {
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

  it('separates the logins of Redis and the Sentinels', () => {
    const url = 'rediss+sentinel://svc:p,%40@s1,s2/main/3?sentinelPassword=q+%26r&sentinelUsername=sen';
    const address = parseRedisUrl(url) as SentinelAddress;
    expect(address).toMatchObject({ tls: true, username: 'svc', db: 3, sentinelUsername: 'sen' });
    expect([address.password?.reveal(), address.sentinelPassword?.reveal()]).toEqual(['p,@', 'q+&r']);
    expect(inspect(address)).not.toMatch(/p,@|q\+&r/);
  });
});
