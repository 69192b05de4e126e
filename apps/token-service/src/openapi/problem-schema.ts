import { z } from 'zod';

import { PROBLEMS, type ProblemCode } from '../http/problem.ts';

/** RFC 9457, with this service's codes. */
export const problemSchema = z.object({
  type: z.string().meta({ format: 'uri', examples: ['urn:ims-token-service:forbidden'] }),
  title: z.string(),
  status: z.int().meta({ examples: [403] }),
  detail: z.string().describe('What is wrong with this request and what to do, without secrets'),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
  reason: z
    .string()
    .optional()
    .meta({
      description: 'Why the credential has no token: the code of its last failure',
      examples: ['ims_unreachable'],
    }),
  since: z.string().optional().meta({ format: 'date-time', description: 'When that failure began' }),
  next_attempt_at: z
    .string()
    .optional()
    .meta({ format: 'date-time', description: 'When the service tries again' }),
});
