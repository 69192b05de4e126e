import { isName, NAME_RULE } from '#libs/tokens';
import { z } from 'zod';

import { tokenSchema } from '../vending/token-schema.ts';
import type { Operation, Parameter } from './operation.ts';

export const credentialName: Parameter = {
  name: 'name',
  in: 'path',
  required: true,
  description: `The name of a credential: ${NAME_RULE}`,
  schema: z
    .string()
    .refine(isName)
    .meta({ examples: ['aem-dev'] }),
};

const ETAG = 'W/"SHA-256 of the token", 64 hex digits';

export const tokenOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/tokens/{name}',
    id: 'getToken',
    tag: 'Tokens',
    summary: 'The current token of a credential',
    description:
      'From the memory of the process that answers: it waits on nobody and causes no exchange at IMS.\n\nKeep the token for refresh_in seconds, and ask again then. With Accept: text/plain the answer is the bare token.',
    access: 'caller',
    parameters: [
      credentialName,
      {
        name: 'min_ttl',
        in: 'query',
        description:
          "The seconds of life the token must have left; more than a token's whole life is refused with 400",
        schema: z
          .int()
          .min(0)
          .meta({ examples: [600] }),
      },
      {
        name: 'If-None-Match',
        in: 'header',
        description: 'The ETag of the token you have',
        schema: z.string(),
      },
    ],
    answers: [
      {
        status: 200,
        description: 'The token',
        headers: { ETag: ETAG, 'Cache-Control': 'no-store' },
        content: {
          'application/json': tokenSchema,
          'text/plain': z.string().meta({ examples: ['eyJhbGciOi…'] }),
        },
      },
      {
        status: 304,
        description: 'The token you have is the current one, and good enough',
        headers: { ETag: ETAG },
      },
    ],
    problems: [
      'unauthenticated',
      'invalid_request',
      'forbidden',
      'credential_not_found',
      'starting',
      'token_unavailable',
      'token_expired',
      'min_ttl_unavailable',
    ],
  },
];
