import {
  context,
  SpanStatusCode,
  trace,
  type Attributes,
  type SpanKind,
  type Tracer,
} from '@opentelemetry/api';

import { ofAnswer, OUTCOME } from './attributes.ts';

interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

type Work = (...args: unknown[]) => unknown;

/**
 * The same object, with a span around what its methods do; the span is the parent of whatever they cause.
 * @param start of the span of one call; null where there is to be none
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
    const answer = await context.with(trace.setSpan(context.active(), span), work);
    span.setAttributes(ofAnswer(answer));
    return answer;
  } catch (error) {
    // The code alone: it is enough to look up what happened, and free of whatever a message may quote.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    span.setAttribute(OUTCOME, code).setStatus({ code: SpanStatusCode.ERROR, message: code });
    throw error;
  } finally {
    span.end();
  }
}
