import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

const COMPONENTS = '#/components/schemas/';

/** What is read from requests is written as it arrives, so that nobody has to know what it is turned into. */
const AS_SENT = { io: 'input' } as const;

export const refTo = (name: string): Json => ({ $ref: COMPONENTS + name });

/** A schema without a name, where it is used. */
export function inlineSchema(schema: z.ZodType): Json {
  return withoutPlace(z.toJSONSchema(schema, AS_SENT));
}

/** Schemas with names, each once, referring to each other by name. */
export function componentSchemas(named: Readonly<Record<string, z.ZodType>>): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { ...AS_SENT, uri: (id) => COMPONENTS + id });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutPlace(schema)]));
}

/** Dialect and identity are the document's, which each schema is a part of. */
const withoutPlace = (schema: Json): Json =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
