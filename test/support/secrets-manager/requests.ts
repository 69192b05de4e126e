import { z } from 'zod';

import { invalidParameter } from './api-error.ts';

const name = z
  .string()
  .max(512)
  .regex(/^[\w/+=.@-]+$/);
const secretId = z.string().min(1).max(2048);
const value = { SecretString: z.string().max(65_536).optional(), SecretBinary: z.base64().optional() };
const token = z.string().min(32).max(64).optional();
const pages = { NextToken: z.string().min(1).max(4096).optional() };
const filters = z
  .array(z.object({ Key: z.literal('name'), Values: z.array(z.string().max(512)).min(1).max(10) }))
  .max(10)
  .optional();

const SCHEMAS = {
  CreateSecret: z.object({ Name: name, ClientRequestToken: token, ...value }),
  PutSecretValue: z.object({
    SecretId: secretId,
    ClientRequestToken: token,
    VersionStages: z.array(z.string().min(1).max(256)).min(1).max(20).optional(),
    ...value,
  }),
  UpdateSecretVersionStage: z.object({
    SecretId: secretId,
    VersionStage: z.string().min(1).max(256),
    MoveToVersionId: z.string().optional(),
    RemoveFromVersionId: z.string().optional(),
  }),
  DeleteSecret: z.object({
    SecretId: secretId,
    RecoveryWindowInDays: z.int().min(7).max(30).optional(),
    ForceDeleteWithoutRecovery: z.boolean().optional(),
  }),
  RestoreSecret: z.object({ SecretId: secretId }),
  DescribeSecret: z.object({ SecretId: secretId }),
  ListSecrets: z.object({
    Filters: filters,
    MaxResults: z.int().min(1).max(100).optional(),
    IncludePlannedDeletion: z.boolean().optional(),
    ...pages,
  }),
  GetSecretValue: z.object({
    SecretId: secretId,
    VersionId: z.string().min(32).max(64).optional(),
    VersionStage: z.string().min(1).max(256).optional(),
  }),
  BatchGetSecretValue: z.object({ SecretIdList: z.array(secretId).min(1).max(20) }),
};

/** The actions this server knows. */
export type Action = keyof typeof SCHEMAS;
/** The parameters of an action, within AWS's limits. */
export type RequestOf<A extends Action> = z.output<(typeof SCHEMAS)[A]>;

export const isAction = (name: string): name is Action => Object.hasOwn(SCHEMAS, name);

/** Reads the parameters of an action. @throws ApiError naming what breaks AWS's limits */
export function readRequest<A extends Action>(action: A, body: unknown): RequestOf<A> {
  const result = SCHEMAS[action].safeParse(body);
  if (result.success) return result.data as RequestOf<A>;
  throw invalidParameter(`Invalid parameters: ${z.prettifyError(result.error)}`);
}
