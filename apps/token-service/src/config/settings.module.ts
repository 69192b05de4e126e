import { CallersFile } from '#libs/callers';
import { Global, Module, type DynamicModule, type ValueProvider } from '@nestjs/common';

import { PublicUrl } from '../http/public-url.ts';
import { CACHE_FOLDER, REDIS_FILES, REFRESHING_CONFIG, SERVICE_CONFIG, VENDING_CONFIG } from './settings.ts';
import type { StartSettings } from './start-settings.ts';

/**
 * The checked environment, and the files that it names. A role provides the settings that it has, and no
 * others.
 */
@Global()
@Module({})
export class SettingsModule {
  static forRoot({ config, callers, redisFiles, cacheFolder }: StartSettings): DynamicModule {
    const { vending, refreshing, HOST: host, PORT: port } = config;
    const providers: ValueProvider[] = [
      { provide: SERVICE_CONFIG, useValue: config },
      { provide: REDIS_FILES, useValue: redisFiles },
      { provide: CACHE_FOLDER, useValue: cacheFolder },
      { provide: PublicUrl, useValue: new PublicUrl(vending?.PUBLIC_URL, { host, port }) },
    ];
    if (vending !== null) providers.push({ provide: VENDING_CONFIG, useValue: vending });
    if (refreshing !== null) providers.push({ provide: REFRESHING_CONFIG, useValue: refreshing });
    if (callers !== null) providers.push({ provide: CallersFile, useValue: callers });
    return { module: SettingsModule, providers, exports: providers.map(({ provide }) => provide) };
  }
}
