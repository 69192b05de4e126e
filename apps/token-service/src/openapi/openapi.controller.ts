import { Controller, Get, Header, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { PublicUrl } from '../http/public-url.ts';
import { StaticContent } from '../http/static-content.ts';
import { DOCS_PAGE_POLICY, docsPage } from './docs-page.ts';
import { openApiDocument } from './openapi-document.ts';

/**
 * Describes the API for programs and people, without authentication: it names no credential and no caller.
 */
@Controller()
export class OpenApiController {
  readonly #publicUrl: PublicUrl;
  // Made at the first request, as the port is unknown before; once, as it takes about 10 ms.
  #document: StaticContent | undefined;
  #page: StaticContent | undefined;

  constructor(@Inject(PublicUrl) publicUrl: PublicUrl) {
    this.#publicUrl = publicUrl;
  }

  @Get('openapi.json')
  openApi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.#document ??= new StaticContent(
      'application/json; charset=utf-8',
      JSON.stringify(openApiDocument(this.#publicUrl.href)),
    );
    this.#document.send(request, reply);
  }

  @Get('docs')
  @Header('content-security-policy', DOCS_PAGE_POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  docs(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.#page ??= new StaticContent('text/html; charset=utf-8', docsPage(this.#publicUrl.href));
    this.#page.send(request, reply);
  }
}
