import { seconds, toCredentialName, type RefresherResponse, type RefresherRequest } from '#libs/tokens';
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const wait = z.number().nonnegative().transform(seconds).nullable();
const tokenReference = {
  name: z.string().transform((text, context) => {
    const name = toCredentialName(text);
    if (name !== null) return name;
    context.addIssue({ code: 'custom', message: 'no credential name' });
    return z.NEVER;
  }),
  tokenSha256: sha256,
  caller: z.string(),
};

const request: z.ZodType<RefresherRequest> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('look-now') }),
  z.object({ type: z.literal('report-token'), ...tokenReference }),
  z.object({ type: z.literal('revoke-token'), ...tokenReference }),
]);

const NO_EXCHANGE = [
  'refreshing',
  'failed',
  'budget_exhausted',
  'not_renewable',
  'credential_not_found',
] as const;

const response: z.ZodType<RefresherResponse> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('done') }),
  z.object({
    type: z.literal('report-answered'),
    outcome: z.enum(['replaced', 'superseded', ...NO_EXCHANGE]),
    retryAfter: wait,
  }),
  z.object({
    type: z.literal('revocation-answered'),
    outcome: z.enum(['revoked', 'unknown_token', ...NO_EXCHANGE]),
    retryAfter: wait,
    currentSha256: sha256.nullable(),
  }),
]);

/**
 * A request message, before sealing: id, channel of the response, time of sending by the clock of Redis
 * (epoch milliseconds), content.
 */
export const requestMessageSchema = z.object({ id: z.uuid(), replyTo: z.uuid(), at: z.number(), request });

/** A response message, before sealing. */
export const responseMessageSchema = z.object({ id: z.uuid(), answer: response });
