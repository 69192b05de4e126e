import type { z } from 'zod';

import { refreshingEnvironment, sharedEnvironment, vendingEnvironment } from './environment.ts';

/**
 * The environment is invalid. The error names each variable at fault with its remedy, and quotes no value.
 */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

export type VendingConfig = z.infer<typeof vendingEnvironment>;
export type RefreshingConfig = z.infer<typeof refreshingEnvironment>;

/**
 * The settings of the service, read from the environment once. A side that the role does not have is null.
 */
export interface ServiceConfig extends z.infer<typeof sharedEnvironment> {
  readonly vending: VendingConfig | null;
  readonly refreshing: RefreshingConfig | null;
}

type Given = Readonly<Record<string, string>>;

/**
 * Reads and checks the variables of the role. An empty variable counts as unset.
 * @throws ConfigProblem with all problems
 */
export function readServiceConfig(env: Readonly<Record<string, string | undefined>>): ServiceConfig {
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  const problems = [...missingTogether(given), ...contradictions(given)];
  const role = given['SERVICE_ROLE'];
  const shared = read(sharedEnvironment, given, problems);
  const vending = role === 'refresh' ? null : read(vendingEnvironment, given, problems);
  const refreshing = role === 'vend' ? null : read(refreshingEnvironment, given, problems);
  if (shared === undefined || vending === undefined || refreshing === undefined || problems.length > 0) {
    throw new ConfigProblem(problems);
  }
  return { ...shared, vending, refreshing };
}

/** Returns the values of one part; where it is invalid, adds to `problems` and returns undefined. */
function read<S extends z.ZodType>(part: S, given: Given, problems: string[]): z.infer<S> | undefined {
  const result = part.safeParse(given);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    const name = String(path[0]);
    problems.push(`${name}: ${given[name] === undefined ? `is missing: ${message}` : message}`);
  }
  return undefined;
}

/** Checks for variables that other variables require. */
function missingTogether(given: Given): string[] {
  const role = given['SERVICE_ROLE'] ?? 'all';
  const problems: string[] = [];
  if (role !== 'all' && given['REDIS_URL'] === undefined) {
    problems.push(`REDIS_URL: is missing: the role ${role} meets the other one in Redis`);
  }
  if (given['REDIS_URL'] !== undefined && given['TOKEN_ENCRYPTION_KEYS'] === undefined) {
    problems.push(
      'TOKEN_ENCRYPTION_KEYS: is missing: with REDIS_URL set, tokens are sealed with it (KID:BASE64_OF_32_BYTES)',
    );
  }
  if (given['PEERS'] !== undefined && given['REDIS_URL'] === undefined) {
    problems.push('PEERS: is of use only with REDIS_URL: peers are asked where Redis does not answer');
  }
  if (given['TOKEN_CACHE_DIR'] !== undefined && given['REDIS_URL'] === undefined) {
    problems.push('TOKEN_CACHE_DIR: is of use only with REDIS_URL: it is read where Redis does not answer');
  }
  if (role !== 'vend' && given['CREDENTIAL_SOURCE'] === 'files' && given['CREDENTIAL_DIR'] === undefined) {
    problems.push(
      'CREDENTIAL_DIR: is missing: with CREDENTIAL_SOURCE=files it names the folder that holds the credentials, NAME.json each',
    );
  }
  return problems;
}

/** Checks for variables that exclude each other. */
function contradictions(given: Given): string[] {
  const isAudited = given['SERVICE_ROLE'] !== 'refresh';
  return isAudited && given['AUDIT_REQUIRED'] === 'true' && given['AUDIT'] === 'off'
    ? ['AUDIT_REQUIRED: needs the audit, but AUDIT=off omits it; remove one of the two']
    : [];
}
