import {
  context,
  SpanStatusCode,
  trace,
  type Attributes,
  type SpanKind,
  type Tracer,
} from '@opentelemetry/api';

import { ofResult, OUTCOME } from './attributes.ts';

interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

type Work = (...args: unknown[]) => unknown;

/**
 * Wraps an object so that each method call has a span. The span is the parent of all spans that the call
 * causes.
 * @param start describes the span of one call; returns null for a call without a span
 */
export function withSpans<Port extends object>(
  port: Port,
  tracer: Tracer,
  start: (method: string, args: readonly unknown[]) => SpanStart | null,
): Port {
  return new Proxy(port, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function' || typeof property !== 'string') return value;
      return (...args: unknown[]): unknown => {
        const work = (): unknown => (value as Work).apply(target, args);
        const span = start(property, args);
        return span === null ? work() : inSpan(tracer, span, work);
      };
    },
  });
}

async function inSpan(tracer: Tracer, { name, ...options }: SpanStart, work: Work): Promise<unknown> {
  const span = tracer.startSpan(name, options);
  try {
    const result = await context.with(trace.setSpan(context.active(), span), work);
    span.setAttributes(ofResult(result));
    return result;
  } catch (error) {
    // Only the code: a message may quote a secret.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    span.setAttribute(OUTCOME, code).setStatus({ code: SpanStatusCode.ERROR, message: code });
    throw error;
  } finally {
    span.end();
  }
}
