import { hash } from 'node:crypto';

import { renderOperation, type DescribedOperation } from './docs-operation.ts';
import { renderSchema, type JsonSchema } from './docs-schema.ts';
import { DOCS_STYLE } from './docs-style.ts';
import { Html, html } from './html.ts';
import { openApiDocument, OPERATIONS } from './openapi-document.ts';

/** Allows the page's own style and nothing else: no script, no other host. */
export const DOCS_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', DOCS_STYLE, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Made here and not in the template, since one more space would change the hash. */
const STYLE = new Html(`<style>${DOCS_STYLE}</style>`);

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** Renders the document of `/openapi.json` as a page. */
export function docsPage(url: string): string {
  const { paths, components } = openApiDocument(url) as unknown as Described;
  const byTag = Map.groupBy(OPERATIONS, ({ tag }) => tag);
  const contents = [...byTag].map(
    ([tag, operations]) =>
      html`<li>
        ${tag}
        <ul>
          ${operations.map(
            ({ id, method, path, summary }) =>
              html`<li>
                <a href="#${id}"><code>${method.toUpperCase()} ${path}</code></a> ${summary}
              </li>`,
          )}
        </ul>
      </li>`,
  );
  const sections = [...byTag].map(
    ([tag, operations]) =>
      html`<h2>${tag}</h2>
        ${operations.flatMap((operation) => {
          const described = paths[operation.path]?.[operation.method];
          return described === undefined ? [] : [renderOperation(operation, described, url)];
        })}`,
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      html`<section id="${name}">
        <h3>${name}</h3>
        ${renderSchema(schema)}
      </section>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>ims-token-service</title>
        ${STYLE}
      </head>
      <body>
        <header>
          <h1>ims-token-service</h1>
          <p>
            Adobe IMS access tokens for your services. For programs, see
            <a href="openapi.json">OpenAPI 3.1</a>.
          </p>
          <p>
            Errors are problem details (RFC 9457) with a <a href="#Problem">code</a> that never changes,
            except at <code>/oauth/token</code>, which answers with <a href="#OAuthError">errors of OAuth</a>.
          </p>
        </header>
        <nav aria-label="Requests">
          <ul>
            ${contents}
          </ul>
        </nav>
        <main>
          ${sections}
          <h2>Schemas</h2>
          ${schemas}
        </main>
      </body>
    </html>`.text;
}
