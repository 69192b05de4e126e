import type { CacheFolder, RedisFiles } from '#libs/token-stores';

import { tokenFor } from '../injection/typed-token.ts';
import type { RefreshingConfig, ServiceConfig, VendingConfig } from './service-config.ts';

/** The settings that every role reads. */
export const SERVICE_CONFIG = tokenFor<ServiceConfig>('service config');

/** The settings of the roles that answer callers; other roles do not provide them. */
export const VENDING_CONFIG = tokenFor<VendingConfig>('vending config');

/** The settings of the roles that hold credentials; other roles do not provide them. */
export const REFRESHING_CONFIG = tokenFor<RefreshingConfig>('refreshing config');

/** The folder of the token cache; null where there is none. */
export const CACHE_FOLDER = tokenFor<CacheFolder | null>('cache folder');

/** Password and certificates for Redis, from files. */
export const REDIS_FILES = tokenFor<RedisFiles>('redis files');
