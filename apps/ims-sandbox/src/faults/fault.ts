import { z } from 'zod';

const wholeSeconds = z.number().int().min(0).max(86_400);
const retryAfter = z
  .union([wholeSeconds, z.string().refine((text) => !Number.isNaN(Date.parse(text)))], {
    error: 'must be whole seconds (0 to 86400) or an HTTP date',
  })
  .optional();

const fault = z
  .strictObject({
    kind: z.enum(['latency', 'status', 'html', 'hang', 'drop', 'malformed', 'clock'], {
      error: 'must be one of latency, status, html, hang, drop, malformed, clock',
    }),
    status: z
      .number({ error: 'must be an HTTP status' })
      .int('must be a whole number')
      .min(200, 'must be 200 or more')
      .max(599, 'must be 599 or less')
      .optional(),
    retryAfter,
    latencyMs: z
      .number({ error: 'must be a number of milliseconds' })
      .min(0, 'must be 0 or more')
      .max(600_000, 'must be 600000 or less')
      .optional(),
    clockOffsetSeconds: z
      .number({ error: 'must be a number of seconds, negative for a slow clock' })
      .min(-3_153_600_000, 'must be -3153600000 or more')
      .max(3_153_600_000, 'must be 3153600000 or less')
      .optional(),
    clientId: z
      .string({ error: 'must be a client id' })
      .min(1, 'must not be empty; leave it out for all')
      .optional(),
    times: z
      .number({ error: 'must be a whole number' })
      .int('must be a whole number')
      .min(1, 'must be 1 or more; leave it out for no limit')
      .optional(),
  })
  .refine((each) => each.kind !== 'latency' || each.latencyMs !== undefined, {
    path: ['latencyMs'],
    error: 'is needed with kind latency',
  })
  .refine((each) => each.kind !== 'status' || each.status !== undefined, {
    path: ['status'],
    error: 'is needed with kind status',
  })
  .refine((each) => each.kind !== 'clock' || each.clockOffsetSeconds !== undefined, {
    path: ['clockOffsetSeconds'],
    error: 'is needed with kind clock',
  });

/** One simulated failure. Every kind may have a `latencyMs`, which the sandbox waits first. */
export type Fault = z.infer<typeof fault>;

/** The body of `PUT /sandbox/faults`. */
export const faultList = z.strictObject(
  {
    faults: z.array(fault, { error: 'must be an array of faults' }).max(1000, 'must be 1000 faults or fewer'),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'must be a JSON object' : undefined) },
);

/** A checked list of faults. */
export type FaultList = z.infer<typeof faultList>;
