import {
  createDocument,
  type CreateDocumentOptions,
  type ZodOpenApiHeadersObject,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiSecuritySchemeObject,
} from 'zod-openapi';

import { ALL_CHALLENGES } from '../http/challenges.ts';
import {
  credentialStatusSchema,
  failureSchema,
  healthSchema,
  serviceStatusSchema,
} from '../status/status-schema.ts';
import {
  authorizationServerMetadataSchema,
  oauthErrorSchema,
  oauthTokenSchema,
} from '../oauth/oauth-schema.ts';
import { PROBLEMS, type ProblemCode } from '../http/problem.ts';
import { tokenSchema } from '../tokens/token-schema.ts';
import { dashboardOperations } from './dashboard-operations.ts';
import { oauthOperations } from './oauth-operations.ts';
import type { Answer, Operation } from './operation.ts';
import { problemSchema } from './problem-schema.ts';
import { serviceOperations } from './service-operations.ts';
import { tokenOperations } from './token-operations.ts';

export const OPERATIONS: readonly Operation[] = [
  ...tokenOperations,
  ...oauthOperations,
  ...dashboardOperations,
  ...serviceOperations,
];

/** Schemas that the document names and refers to. */
const NAMED = {
  Token: tokenSchema,
  OAuthToken: oauthTokenSchema,
  OAuthError: oauthErrorSchema,
  AuthorizationServerMetadata: authorizationServerMetadataSchema,
  ServiceStatus: serviceStatusSchema,
  CredentialStatus: credentialStatusSchema,
  Failure: failureSchema,
  Health: healthSchema,
  Problem: problemSchema,
};

const SECURITY = {
  anybody: [],
  // Clients that hey-api generates send the last one.
  caller: [{ basic: [] }, { bearer: [] }],
  client: [{ basic: [] }, {}],
};

const RETRYABLE: ReadonlySet<number> = new Set([429, 503]);

const SECURITY_SCHEMES: Record<string, ZodOpenApiSecuritySchemeObject> = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A key of the caller, or its JWT' },
  basic: { type: 'http', scheme: 'basic', description: "The caller's name and one of its keys" },
};

/** The OpenAPI 3.1 document of this service, reached at `url`. */
export function openApiDocument(url: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const operation of OPERATIONS) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describeOperation(operation) };
  }
  const document: ZodOpenApiObject = {
    openapi: '3.1.1',
    info: {
      title: 'ims-token-service',
      version: 'v1',
      summary: 'Adobe IMS access tokens for your services',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url }],
    paths,
    components: { schemas: NAMED, securitySchemes: SECURITY_SCHEMES },
  };
  return createDocument(document, { override: forGenerators });
}

/**
 * Keeps answers open to fields that later versions add; zod-openapi forbids them by default. Removes
 * `readOnly`, which it writes for `.readonly()` of Zod: generators leave such fields out of requests.
 */
const forGenerators: NonNullable<CreateDocumentOptions['override']> = ({ jsonSchema, io }) => {
  delete jsonSchema.readOnly;
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
};

function describeOperation(operation: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, description, access, parameters, body, answers, problems } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    security: SECURITY[access],
    ...(parameters && { requestParams: parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: { [body.type]: { schema: body.schema, example: body.example } },
      },
    }),
    responses: {
      ...Object.fromEntries(answers.map((answer) => [answer.status, describeAnswer(answer)])),
      ...describeProblems(problems),
    },
  };
}

const describeAnswer = ({ description, headers = {}, content = {} }: Answer): ZodOpenApiResponseObject => ({
  description,
  headers: describeHeaders(headers),
  content: Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }])),
});

const describeHeaders = (headers: Readonly<Record<string, string>>): ZodOpenApiHeadersObject =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );

/** Describes one answer for each status, with its error codes. */
function describeProblems(codes: readonly ProblemCode[]): Record<string, ZodOpenApiResponseObject> {
  const all: readonly ProblemCode[] = codes.length === 0 ? [] : [...codes, 'internal_error'];
  const statuses = Map.groupBy(all, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    [...statuses].map(([status, those]) => [
      status,
      {
        description: those.map((code) => `${code}: ${PROBLEMS[code].title}`).join('; '),
        headers: describeHeaders({
          ...(status === 401 ? { 'WWW-Authenticate': ALL_CHALLENGES.join(', ') } : {}),
          ...(RETRYABLE.has(status) ? { 'Retry-After': 'Seconds' } : {}),
        }),
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}
