import { z } from 'zod';

const time = z.string().meta({ format: 'date-time', examples: ['2026-03-01T09:30:00.000Z'] });

export const failureSchema = z
  .object({
    at: time,
    code: z.string().meta({ examples: ['ims_certificate_expired'] }),
    diagnosis: z.string().describe('What went wrong and what to do, free of secrets'),
  })
  .readonly();

/** The status of a credential in `/v1/status`. Absent values are null, times are ISO 8601. */
export const credentialStatusSchema = z
  .object({
    name: z.string().meta({ examples: ['aem-dev'] }),
    kind: z.enum(['jwt', 'oauth', 'local']).nullable(),
    state: z
      .enum(['healthy', 'degraded', 'expired', 'unhealthy'])
      .describe(
        'healthy; degraded: a servable token, but the last refresh failed or the previous version is in use; expired: its life is over; unhealthy: there is none',
      ),
    expires_at: time.nullable(),
    refresh_due_at: time.nullable().describe('When the token is to be renewed'),
    runway_seconds: z.int().min(0).nullable().describe('Seconds of life left in the token'),
    certificate_expires_at: time.nullable(),
    version: z.string().nullable().describe('The version of the document that yielded the token'),
    stage: z
      .string()
      .nullable()
      .meta({ examples: ['CURRENT'] }),
    last_failure: failureSchema.nullable(),
    pending: z
      .object({ version: z.string(), tried_at: time, failure: failureSchema.nullable() })
      .readonly()
      .nullable()
      .describe('A version staged AWSPENDING that was tried at IMS; without failure it may be promoted'),
  })
  .readonly();
export type CredentialStatus = z.infer<typeof credentialStatusSchema>;

/** How the last poll of the credential source went. */
const sourceStatusSchema = z
  .object({
    ok: z.boolean(),
    detail: z.string().meta({ examples: ['12 credentials', 'No secret in eu-central-1 starts with ims/.'] }),
  })
  .readonly();
export type SourceStatus = z.infer<typeof sourceStatusSchema>;

const skippedSchema = z
  .object({
    stored_as: z.string().meta({ examples: ['aem-prod.json.txt', 'ims/AEM Prod'] }),
    code: z.string().meta({ examples: ['credential_invalid_name'] }),
  })
  .readonly();
export type SkippedStatus = z.infer<typeof skippedSchema>;

export const serviceStatusSchema = z
  .object({
    callers_file: z
      .object({ ok: z.boolean(), detail: z.string().meta({ examples: ['3 callers'] }) })
      .readonly()
      .describe('Whether the callers file on disk is the one in force'),
    credential_source: sourceStatusSchema
      .nullable()
      .describe('Whether the credential source can be read and holds a credential; null until it is known'),
    skipped: z
      .array(skippedSchema)
      .readonly()
      .describe('Stored documents that are no credentials because of their name, 100 at most'),
    credentials: z.array(credentialStatusSchema).readonly(),
  })
  .readonly();
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;

export const healthSchema = z.object({ status: z.enum(['ok', 'error']) }).readonly();
export type Health = z.infer<typeof healthSchema>;
