import { z } from 'zod';

import { PROBLEMS, type ProblemCode } from '../http/problem.ts';

/** RFC 9457, with this service's codes. */
export const problemSchema = z.object({
  type: z.string().meta({ format: 'uri', examples: ['urn:ims-token-service:forbidden'] }),
  title: z.string(),
  status: z.int().meta({ examples: [403] }),
  detail: z.string().describe('What is wrong with this request and what to do, without secrets'),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
});
