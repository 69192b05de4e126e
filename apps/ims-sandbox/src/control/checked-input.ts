import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ControlError } from './control-error.ts';

/** The request's JSON body, checked against the schema. The error names every problem, by field. */
export function JsonBody(schema: z.ZodType): ParameterDecorator {
  return createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      throw new ControlError(400, 'Send a JSON body with the header Content-Type: application/json.');
    }
    return parsed(schema, request.body, 'body');
  })();
}

/** The request's query, checked against the schema. The error names every problem, by field. */
export function CheckedQuery(schema: z.ZodType): ParameterDecorator {
  return createParamDecorator((_data: unknown, context: ExecutionContext): unknown =>
    parsed(schema, context.switchToHttp().getRequest<FastifyRequest>().query, 'query'),
  )();
}

function parsed(schema: z.ZodType, input: unknown, whole: string): unknown {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ControlError(400, result.error.issues.map((issue) => sentence(issue, whole)).join(' '));
}

function sentence(issue: z.core.$ZodIssue, whole: string): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: unknown field; remove it.`).join(' ');
  }
  return `${issue.path.join('.') || whole}: ${issue.message}.`;
}
