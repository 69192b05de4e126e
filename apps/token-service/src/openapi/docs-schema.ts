import { html, type Html } from './html.ts';

/** The part of JSON Schema that this service's schemas use. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly examples?: readonly (string | number)[];
  readonly format?: string;
  readonly minimum?: number;
}

/** Renders an object's fields as a table, and any other schema as its type. */
export function renderSchema(schema: JsonSchema): Html {
  if (schema.properties === undefined) return html`<p>${renderType(schema)}</p>`;
  const rows = Object.entries(schema.properties).map(
    ([name, field]) =>
      html`<tr>
        <td><code>${name}</code>${schema.required?.includes(name) === true ? '' : ' (optional)'}</td>
        <td>${renderType(field)}</td>
        <td>${explain(field)}</td>
      </tr>`,
  );
  return html`<div class="wide" tabindex="0">
    <table>
      <thead>
        <tr>
          <th>field</th>
          <th>type</th>
          <th>meaning</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** Renders a type in a few words, with a link to the schema if it has a name. */
export function renderType(schema: JsonSchema): Html {
  const { $ref, anyOf, items, type = 'anything', format } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return html`<a href="#${name}">${name}</a>`;
  }
  if (anyOf !== undefined) return html`${separated(anyOf.map(renderType))}`;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum !== undefined)
    return separated(schema.enum.map((each) => html`<code>${String(each)}</code>`));
  if (items !== undefined) return html`list of ${renderType(items)}`;
  return html`${format ?? type}`;
}

/** Renders the meaning of a field, with an example. */
export function explain({ description = '', examples = [], minimum }: JsonSchema): Html {
  const [example] = examples;
  return html`${description}${minimum === undefined || minimum === 0 ? '' : ` (at least ${minimum})`}
  ${example === undefined ? '' : html`<span class="example">Example: <code>${example}</code></span>`}`;
}

const separated = (pieces: readonly Html[]): Html =>
  html`${pieces.map((piece, index) => (index === 0 ? piece : html` or ${piece}`))}`;
