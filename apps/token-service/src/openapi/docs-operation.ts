import { curlExample } from './curl-example.ts';
import { explain, renderSchema, renderType, type JsonSchema } from './docs-schema.ts';
import { html, type Html } from './html.ts';
import type { Operation } from './operation.ts';

/** The part of an OpenAPI operation that the page shows. */
export interface DescribedOperation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly description?: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly headers?: Readonly<Record<string, { readonly description: string }>>;
        readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
      }
    >
  >;
}

const ACCESS = {
  anybody: 'Without authentication.',
  caller: 'For callers: Authorization: Bearer with a key or a JWT, or Basic with name and key.',
  client: 'For OAuth clients: client_id and client_secret by Basic or in the body.',
};

/** Renders one operation: its purpose, parameters, body and answers, and a curl command to try it with. */
export function renderOperation(operation: Operation, described: DescribedOperation, url: string): Html {
  const { id, method, path, summary, description, access } = operation;
  return html`<section id="${id}">
    <h3>
      <span class="method">${method.toUpperCase()}</span> <code>${path}</code>
      <a href="#${id}" aria-label="Link to ${summary}">#</a>
    </h3>
    <p class="summary">${summary}</p>
    ${description.split('\n\n').map((paragraph) => html`<p>${paragraph}</p>`)}
    <p class="access">${ACCESS[access]}</p>
    <pre tabindex="0"><code>${curlExample(operation, url)}</code></pre>
    ${renderParameters(described)} ${renderBody(described)} ${renderAnswers(described)}
  </section>`;
}

function renderParameters({ parameters = [] }: DescribedOperation): Html {
  if (parameters.length === 0) return html``;
  const rows = parameters.map(
    ({ name, in: where, description = '', schema }) =>
      html`<tr>
        <td><code>${name}</code> (${where})</td>
        <td>${renderType(schema)}</td>
        <td>${explain({ ...schema, description })}</td>
      </tr>`,
  );
  return html`<h4>Parameters</h4>
    ${table(rows)}`;
}

function renderBody({ requestBody }: DescribedOperation): Html {
  if (requestBody === undefined) return html``;
  const bodies = Object.entries(requestBody.content).map(
    ([type, { schema }]) =>
      html`<p><code>${type}</code></p>
        ${renderSchema(schema)}`,
  );
  return html`<h4>Body</h4>
    ${bodies}`;
}

function renderAnswers({ responses }: DescribedOperation): Html {
  const rows = Object.entries(responses).map(([status, { description, headers = {}, content = {} }]) => {
    const types = Object.entries(content).map(
      ([type, { schema }]) => html`<br /><code>${type}</code>: ${renderType(schema)}`,
    );
    const lines = Object.entries(headers).map(
      ([name, { description: value }]) => html`<br /><code>${name}</code>: ${value}`,
    );
    return html`<tr>
      <td><code>${status}</code></td>
      <td>${description}${types}${lines}</td>
    </tr>`;
  });
  return html`<h4>Answers</h4>
    ${table(rows)}`;
}

const table = (rows: readonly Html[]): Html =>
  html`<div class="wide" tabindex="0">
    <table>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
