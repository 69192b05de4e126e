import { RedisFiles, RedisFilesProblem } from '#libs/token-stores';

import type { ServiceConfig } from './service-config.ts';

const TLS_FILES = ['REDIS_CA_FILE', 'REDIS_CERT_FILE', 'REDIS_KEY_FILE'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Opens the files for connections to Redis, and checks them against the URL. Adds to `problems` for each file
 * that cannot be used; the result is then without files.
 * @param config undefined if it is wrong
 */
export function openRedisFiles(
  env: Environment,
  config: ServiceConfig | undefined,
  problems: string[],
): RedisFiles {
  if (config !== undefined) problems.push(...contradictions(env, config.REDIS_URL));
  const path = (name: string): string | undefined => env[name] || undefined;
  try {
    return new RedisFiles({
      ca: path('REDIS_CA_FILE'),
      cert: path('REDIS_CERT_FILE'),
      key: path('REDIS_KEY_FILE'),
      password: path('REDIS_PASSWORD_FILE'),
    });
  } catch (error) {
    if (!(error instanceof RedisFilesProblem)) throw error;
    problems.push(...error.problems);
    return new RedisFiles({});
  }
}

function contradictions(env: Environment, url: ServiceConfig['REDIS_URL']): string[] {
  const problems: string[] = [];
  if (url?.tls !== true) {
    const idle = TLS_FILES.filter((name) => env[name]);
    problems.push(
      ...idle.map(
        (name) => `${name}: is of use only with a REDIS_URL over TLS (rediss://, rediss+sentinel://)`,
      ),
    );
  }
  if (Boolean(env['REDIS_CERT_FILE']) !== Boolean(env['REDIS_KEY_FILE'])) {
    problems.push('REDIS_CERT_FILE, REDIS_KEY_FILE: one is missing: a client certificate needs both');
  }
  if (env['REDIS_PASSWORD_FILE'] && url === undefined) {
    problems.push('REDIS_PASSWORD_FILE: is of use only with REDIS_URL');
  }
  if (env['REDIS_PASSWORD_FILE'] && url !== undefined && url.password !== null) {
    problems.push('REDIS_URL, REDIS_PASSWORD_FILE: both have a password: remove the one in the URL');
  }
  if (!env['REDIS_PASSWORD_FILE'] && url !== undefined && url.username !== null && url.password === null) {
    problems.push('REDIS_URL: names a user but no password: add it, or set REDIS_PASSWORD_FILE');
  }
  return problems;
}
