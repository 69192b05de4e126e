import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Reads multipart bodies into the shape of a form. Several of Adobe's own clients send them. */
export function addMultipartHook(instance: FastifyInstance, limitBytes: number): void {
  void instance.register(multipart, { limits: { fieldSize: limitBytes, fileSize: limitBytes } });
  instance.addHook('preValidation', async (request) => {
    if (request.isMultipart()) request.body = await readParts(request);
  });
}

async function readParts(request: FastifyRequest): Promise<Record<string, unknown[]>> {
  const values = new Map<string, unknown[]>();
  try {
    for await (const part of request.parts()) {
      const value = part.type === 'field' ? part.value : await part.toBuffer();
      values.set(part.fieldname, [...(values.get(part.fieldname) ?? []), value]);
    }
  } catch (cause) {
    // The client sent the body, so a parser error is the client's error.
    throw Object.assign(new Error('unreadable multipart body', { cause }), { statusCode: 400 });
  }
  return Object.fromEntries(values);
}
