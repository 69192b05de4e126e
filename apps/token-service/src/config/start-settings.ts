import { CallersFile, CallersFileProblem } from '#libs/callers';
import { CacheFolder, CacheFolderProblem, type RedisFiles } from '#libs/token-stores';

import { fillFromFiles } from './file-variables.ts';
import { openRedisFiles } from './open-redis-files.ts';
import {
  ConfigProblem,
  readServiceConfig,
  type ServiceConfig,
  type VendingConfig,
} from './service-config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The checked environment, and the files that it names. */
export interface StartSettings {
  readonly config: ServiceConfig;
  /** Null in the role `refresh`. */
  readonly callers: CallersFile | null;
  /** Password and certificates for Redis, from files. */
  readonly redisFiles: RedisFiles;
  /** The folder of the token cache; null where there is none. */
  readonly cacheFolder: CacheFolder | null;
}

/**
 * Reads the environment and the files that it names.
 * @throws ConfigProblem with all problems of both
 */
export async function readStartSettings(environment: NodeJS.ProcessEnv): Promise<StartSettings> {
  const problems: string[] = [];
  const { env, attribute } = fillFromFiles(environment, problems);
  const wrong: string[] = [];
  const config = readConfig(env, wrong);
  problems.push(...wrong.flatMap(attribute));
  const path = env['SERVICE_ROLE'] === 'refresh' ? undefined : env['CALLERS_FILE'];
  const callers = path ? await openCallers(path, config?.vending ?? null, problems) : null;
  const redisFiles = openRedisFiles(env, config, problems);
  const cacheFolder = env['TOKEN_CACHE_DIR'] ? await openCache(env['TOKEN_CACHE_DIR'], problems) : null;
  if (problems.length > 0 || config === undefined) throw new ConfigProblem(problems);
  return { config, callers, redisFiles, cacheFolder };
}

function readConfig(env: Environment, problems: string[]): ServiceConfig | undefined {
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
    return await CallersFile.open(path, {
      maxAge: vending?.CALLERS_FILE_MAX_AGE,
      maxJwtLife: vending?.CALLER_JWT_MAX_SECONDS,
      handMadeKeys: vending?.HAND_MADE_KEYS,
    });
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
