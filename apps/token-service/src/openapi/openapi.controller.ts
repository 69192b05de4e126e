import { Controller, Get, Header, Inject } from '@nestjs/common';

import { PublicUrl } from '../http/public-url.ts';
import { DOCS_PAGE_POLICY, docsPage } from './docs-page.ts';
import { openApiDocument } from './openapi-document.ts';

/** What can be asked of this service, for programs and for people; for anybody, as it names no credential and no caller. */
@Controller()
export class OpenApiController {
  readonly #publicUrl: PublicUrl;

  constructor(@Inject(PublicUrl) publicUrl: PublicUrl) {
    this.#publicUrl = publicUrl;
  }

  @Get('openapi.json')
  openApi(): Record<string, unknown> {
    return openApiDocument(this.#publicUrl.href);
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', DOCS_PAGE_POLICY)
  @Header('x-content-type-options', 'nosniff')
  @Header('referrer-policy', 'no-referrer')
  docs(): string {
    return docsPage(this.#publicUrl.href);
  }
}
