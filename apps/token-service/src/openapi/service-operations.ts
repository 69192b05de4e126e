import { z } from 'zod';

import { credentialStatusSchema, healthSchema, serviceStatusSchema } from '../status/status-schema.ts';
import type { Operation } from './operation.ts';
import { credentialPath } from './token-operations.ts';

const health = { 'application/json': healthSchema };
const tagged = { ETag: 'The entity tag of this content, for If-None-Match' };

export const serviceOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/status',
    id: 'getStatus',
    tag: 'Status',
    summary: "Every credential's health",
    description:
      'The credentials that the caller may see: all of them for a caller without tokens of its own. Needs the permission status.',
    access: 'caller',
    answers: [
      { status: 200, description: 'The status', content: { 'application/json': serviceStatusSchema } },
    ],
    problems: ['unauthenticated', 'invalid_request', 'forbidden'],
  },
  {
    method: 'get',
    path: '/v1/status/{name}',
    id: 'getCredentialStatus',
    tag: 'Status',
    summary: "One credential's health",
    description: 'Needs the permission status.',
    access: 'caller',
    parameters: { path: credentialPath },
    answers: [
      { status: 200, description: 'The status', content: { 'application/json': credentialStatusSchema } },
    ],
    problems: ['unauthenticated', 'invalid_request', 'forbidden', 'credential_not_found'],
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'getMetrics',
    tag: 'Status',
    summary: 'The metrics',
    description:
      'In the text format of Prometheus. Needs the permission metrics, or status without a list of tokens.',
    access: 'caller',
    answers: [{ status: 200, description: 'The metrics', content: { 'text/plain': z.string() } }],
    problems: ['unauthenticated', 'invalid_request', 'forbidden'],
  },
  {
    method: 'get',
    path: '/livez',
    id: 'getLiveness',
    tag: 'The service itself',
    summary: 'Whether the process answers',
    description: 'For orchestrators.',
    access: 'anybody',
    answers: [{ status: 200, description: 'The process answers', content: health }],
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'getReadiness',
    tag: 'The service itself',
    summary: 'Whether the process can serve callers',
    description:
      'Ready once all credentials are known and each was tried once, while any token is valid or there is no credential. An outage of Redis, AWS or IMS does not matter while tokens are valid.',
    access: 'anybody',
    answers: [
      { status: 200, description: 'It can', content: health },
      { status: 503, description: 'Not yet, or no longer', content: health },
    ],
    problems: [],
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getOpenApi',
    tag: 'The service itself',
    summary: 'This description, as OpenAPI 3.1',
    description: 'Made from the schemas that the service itself uses.',
    access: 'anybody',
    answers: [
      {
        status: 200,
        description: 'The description',
        headers: tagged,
        content: { 'application/json': z.record(z.string(), z.unknown()) },
      },
      { status: 304, description: 'If-None-Match names its entity tag' },
    ],
    problems: [],
  },
  {
    method: 'get',
    path: '/docs',
    id: 'getDocs',
    tag: 'The service itself',
    summary: 'This description, as a page',
    description: 'For people. It loads nothing from other hosts and runs no script.',
    access: 'anybody',
    answers: [
      { status: 200, description: 'The page', headers: tagged, content: { 'text/html': z.string() } },
      { status: 304, description: 'If-None-Match names its entity tag' },
    ],
    problems: [],
  },
];
