import { z } from 'zod';

import { OAUTH_ERRORS, type OAuthErrorCode } from './oauth-error.ts';

/** RFC 6749 §5.1. */
export const oauthTokenSchema = z
  .object({
    access_token: z.string().meta({ examples: ['eyJhbGciOi…'] }),
    token_type: z.literal('Bearer'),
    expires_in: z
      .int()
      .min(1)
      .meta({
        description: 'Whole seconds it will still be accepted, counted when the answer is written',
        examples: [43_120],
      }),
    scope: z.string().meta({ description: 'The credential', examples: ['aem-dev'] }),
  })
  .readonly();
export type OAuthToken = z.infer<typeof oauthTokenSchema>;

/** RFC 6749 §5.2. */
export const oauthErrorSchema = z
  .object({
    error: z.enum(Object.keys(OAUTH_ERRORS) as [OAuthErrorCode, ...OAuthErrorCode[]]),
    error_description: z.string(),
  })
  .readonly();

/** RFC 8414 §2. */
export const authorizationServerMetadataSchema = z
  .object({
    issuer: z.string().meta({ description: 'PUBLIC_URL', format: 'uri' }),
    token_endpoint: z.string().meta({ format: 'uri' }),
    grant_types_supported: z.array(z.string()).readonly(),
    token_endpoint_auth_methods_supported: z.array(z.string()).readonly(),
    token_endpoint_auth_signing_alg_values_supported: z.array(z.string()).readonly(),
    response_types_supported: z.array(z.string()).readonly(),
    service_documentation: z.string().meta({ format: 'uri' }),
  })
  .readonly();
export type AuthorizationServerMetadata = z.infer<typeof authorizationServerMetadataSchema>;

/** The parameters that the token endpoint reads; it ignores others (RFC 6749 §3.2). */
export const oauthTokenRequestSchema = z
  .object({
    grant_type: z.literal('client_credentials'),
    scope: z
      .string()
      .trim()
      .regex(/^\S+$/)
      .meta({ description: 'The name of one credential', examples: ['aem-dev'] }),
    client_id: z.string().optional().describe("The caller's name, unless it comes by Basic"),
    client_secret: z.string().optional().describe('One of its keys, unless it comes by Basic'),
    client_assertion_type: z
      .string()
      .optional()
      .meta({
        description: 'With client_assertion, in place of a key',
        examples: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
      }),
    client_assertion: z.string().optional().describe('A JWT of the caller (RFC 7523 §2.2)'),
  })
  .readonly();
