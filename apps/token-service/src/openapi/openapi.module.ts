import { Module } from '@nestjs/common';

import { OpenApiController } from './openapi.controller.ts';

/** The description of the HTTP interface, for programs and for people. */
@Module({ controllers: [OpenApiController] })
export class OpenApiModule {}
