import { Global, Module } from '@nestjs/common';
import { Registry } from 'prom-client';

/** The registry of this process, to which each feature adds its own metrics. */
@Global()
@Module({ providers: [{ provide: Registry, useFactory: () => new Registry() }], exports: [Registry] })
export class RegistryModule {}
