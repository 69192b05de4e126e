import type { FastifyRequest } from 'fastify';
import { z } from 'zod';

import { Problem } from '../../http/problem.ts';

const RULE = 'must be the SHA-256 of the token, as 64 hex digits';
const BODY_RULE = 'The body must be a JSON object: {"token_sha256": "<64 hex digits>"}.';
const MAX_QUOTED_LENGTH = 40;

const otherType = (): Problem =>
  new Problem('invalid_request', 'Send a JSON body, with content-type: application/json.', { status: 415 });

/** The body that names a token by its SHA-256, never by the token itself. Hex digits may be upper case. */
export const tokenDigestBodySchema = z.strictObject({
  token_sha256: z
    .string(RULE)
    .regex(/^[0-9A-Fa-f]{64}$/, RULE)
    .toLowerCase(),
});

/**
 * Reads the SHA-256 in a body, in lower case.
 * @throws Problem `invalid_request` that names the field at fault
 */
export function readTokenDigest({ headers, query, body }: FastifyRequest): string {
  if (Object.keys(query as object).length > 0)
    throw new Problem('invalid_request', 'This route takes no query.');
  if (!/^application\/json *(;|$)/i.test(headers['content-type'] ?? '')) {
    throw otherType();
  }
  const read = tokenDigestBodySchema.safeParse(body);
  if (read.success) return read.data.token_sha256;
  throw new Problem('invalid_request', explain(read.error));
}

function explain({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue?.code === 'unrecognized_keys') {
    const fields = issue.keys.map((key) => JSON.stringify(key.slice(0, MAX_QUOTED_LENGTH))).slice(0, 3);
    return `The body has a field this route does not know: ${fields.join(', ')}; it knows token_sha256.`;
  }
  return issue?.path[0] === 'token_sha256' ? `token_sha256 ${RULE}.` : BODY_RULE;
}

/**
 * Turns an error of Fastify's body parser into a problem of this route; returns any other error unchanged.
 */
export function toBodyProblem(error: unknown): unknown {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  if (status === 400) return new Problem('invalid_request', BODY_RULE);
  return status === 415 ? otherType() : error;
}
