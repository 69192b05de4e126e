import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

interface Response {
  readonly content?: Record<string, { schema: AnySchemaObject }>;
}
export interface Document {
  readonly paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  readonly components: { readonly schemas: Record<string, AnySchemaObject> };
}

/** The same schema, with every field that is not described forbidden. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, closed<unknown>(value)]),
  );
  return (
    'properties' in copy && !('additionalProperties' in copy)
      ? { ...copy, additionalProperties: false }
      : copy
  ) as T;
}

/** Checks answers against the document. */
export class DescribedAnswers {
  readonly #document: Document;
  readonly #ajv = new Ajv2020({ allErrors: true, strict: false });

  constructor(document: Document) {
    this.#document = closed(document);
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: 'document', components: this.#document.components });
  }

  /** What is wrong with an answer; null if the document describes it. */
  async problemsOf(method: string, path: string, answer: globalThis.Response): Promise<unknown> {
    const described = this.#document.paths[path]?.[method]?.responses[answer.status];
    if (described === undefined) return `${answer.status} is not described`;
    const text = await answer.text();
    if (text === '') return described.content === undefined || answer.status === 304 ? null : 'no body';
    const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
    const schema = described.content?.[type]?.schema;
    if (schema === undefined) return `${answer.status} as ${type} is not described`;
    const validate = this.#compile(schema);
    return validate(type.endsWith('json') ? JSON.parse(text) : text) ? null : validate.errors;
  }

  #compile(schema: AnySchemaObject): ValidateFunction {
    const text = JSON.stringify(schema).replaceAll('#/components', 'document#/components');
    return this.#ajv.compile(JSON.parse(text) as AnySchemaObject);
  }
}
