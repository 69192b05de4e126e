import { readFile } from 'node:fs/promises';

import { CallersFile, CallersFileProblem } from '#libs/callers';
import { CacheFolder, CacheFolderProblem } from '#libs/token-stores';

import {
  ConfigProblem,
  readServiceConfig,
  type ServiceConfig,
  type VendingConfig,
} from './service-config.ts';

/** The checked environment, and the files that it names. */
export interface StartSettings {
  readonly config: ServiceConfig;
  /** Null in the role `refresh`. */
  readonly callers: CallersFile | null;
  /** PEM of the authority that signed Redis's certificate; undefined where it is a public one. */
  readonly redisCa: string | undefined;
  /** The folder of the token cache; null where there is none. */
  readonly cacheFolder: CacheFolder | null;
}

/**
 * Reads the environment and the files that it names.
 * @throws ConfigProblem with all problems of both
 */
export async function readStartSettings(env: NodeJS.ProcessEnv): Promise<StartSettings> {
  const problems: string[] = [];
  const config = readConfig(env, problems);
  const path = env['SERVICE_ROLE'] === 'refresh' ? undefined : env['CALLERS_FILE'];
  const callers = path ? await openCallers(path, config?.vending ?? null, problems) : null;
  const redisCa = env['REDIS_CA_FILE'] ? await readCa(env['REDIS_CA_FILE'], problems) : undefined;
  if (redisCa !== undefined && config !== undefined && config.REDIS_URL?.tls !== true) {
    problems.push('REDIS_CA_FILE: is of use only with a REDIS_URL over TLS (rediss://, rediss+sentinel://)');
  }
  const cacheFolder = env['TOKEN_CACHE_DIR'] ? await openCache(env['TOKEN_CACHE_DIR'], problems) : null;
  if (problems.length > 0 || config === undefined) throw new ConfigProblem(problems);
  return { config, callers, redisCa, cacheFolder };
}

function readConfig(env: NodeJS.ProcessEnv, problems: string[]): ServiceConfig | undefined {
  try {
    return readServiceConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

async function openCallers(
  path: string,
  vending: VendingConfig | null,
  problems: string[],
): Promise<CallersFile | null> {
  try {
    return await CallersFile.open(path, { maxAge: vending?.CALLERS_FILE_MAX_AGE });
  } catch (error) {
    if (!(error instanceof CallersFileProblem)) throw error;
    problems.push(`CALLERS_FILE: ${error.message}`);
    return null;
  }
}

async function openCache(path: string, problems: string[]): Promise<CacheFolder | null> {
  try {
    return await CacheFolder.open(path);
  } catch (error) {
    if (!(error instanceof CacheFolderProblem)) throw error;
    problems.push(`TOKEN_CACHE_DIR: ${path} ${error.message}`);
    return null;
  }
}

async function readCa(path: string, problems: string[]): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    problems.push(`REDIS_CA_FILE: ${path} can't be read`);
    return undefined;
  }
}
