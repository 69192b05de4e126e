import { Controller, Get, Header, Inject } from '@nestjs/common';

import { PublicUrl } from '../http/public-url.ts';
import { DOCS_PAGE_POLICY, docsPage } from './docs-page.ts';
import { openApiDocument } from './openapi-document.ts';

/**
 * Describes the API for programs and people, without authentication: it names no credential and no caller.
 */
@Controller()
export class OpenApiController {
  readonly #publicUrl: PublicUrl;
  // Made at the first request, as the port is unknown before; once, as it takes about 10 ms.
  #document: object | undefined;
  #page: string | undefined;

  constructor(@Inject(PublicUrl) publicUrl: PublicUrl) {
    this.#publicUrl = publicUrl;
  }

  @Get('openapi.json')
  openApi(): object {
    return (this.#document ??= openApiDocument(this.#publicUrl.href));
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', DOCS_PAGE_POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  docs(): string {
    return (this.#page ??= docsPage(this.#publicUrl.href));
  }
}
