import { z } from 'zod';

/** The response of `/v1/tokens/{name}`. */
export const tokenSchema = z.object({
  access_token: z.string().meta({ examples: ['eyJhbGciOi…'] }),
  token_type: z.literal('Bearer'),
  expires_in: z
    .int()
    .min(1)
    .meta({
      description: 'Whole seconds IMS will still accept it, counted when the answer is written',
      examples: [86_399],
    }),
  expires_at: z.int().meta({ description: 'The same as seconds since 1970', examples: [1_795_398_927] }),
  refresh_in: z
    .int()
    .min(1)
    .meta({
      description: 'Seconds after which a newer token is to be had: keep this one until then',
      examples: [44_981],
    }),
});
