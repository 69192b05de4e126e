import { z } from 'zod';

import { credentialStatusSchema, healthSchema, serviceStatusSchema } from '../status/status-schema.ts';
import type { Operation } from './operation.ts';
import { credentialPath } from './token-operations.ts';

const health = { 'application/json': healthSchema };

export const serviceOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/status',
    id: 'getStatus',
    tag: 'Status',
    summary: "Every credential's health",
    description: 'Those the caller may see. Permission status; callers without tokens of their own see all.',
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
    description: 'Permission status.',
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
    summary: 'Everything in numbers',
    description: 'In the text format of Prometheus. Permission status.',
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
    answers: [{ status: 200, description: 'It does', content: health }],
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'getReadiness',
    tag: 'The service itself',
    summary: 'Whether callers may be sent here',
    description:
      'Good after the first look around, while any token can be handed out or there is no credential. Redis, AWS or IMS being down does not matter while tokens last.',
    access: 'anybody',
    answers: [
      { status: 200, description: 'They may', content: health },
      { status: 503, description: 'Not yet, or not any more', content: health },
    ],
    problems: [],
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'getOpenApi',
    tag: 'The service itself',
    summary: 'This description, as OpenAPI 3.1',
    description: 'Made of the schemas that the service itself uses.',
    access: 'anybody',
    answers: [
      {
        status: 200,
        description: 'The description',
        content: { 'application/json': z.record(z.string(), z.unknown()) },
      },
    ],
    problems: [],
  },
  {
    method: 'get',
    path: '/docs',
    id: 'getDocs',
    tag: 'The service itself',
    summary: 'This description, as a page',
    description: 'For people; needs no other host and no script.',
    access: 'anybody',
    answers: [{ status: 200, description: 'The page', content: { 'text/html': z.string() } }],
    problems: [],
  },
];
