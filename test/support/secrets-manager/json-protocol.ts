import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { ApiError } from './api-error.ts';
import { broken } from './faults.ts';
import { isAction, type Action } from './requests.ts';
import { checkSignature, type KnownKey } from './signature.ts';

const TARGET = 'secretsmanager.';
const CONTENT_TYPE = 'application/x-amz-json-1.1';

type Parameters = Record<string, unknown>;

interface Service {
  readonly key: KnownKey;
  /** Hears of every call of a known action, before anything is checked. */
  readonly arrived: (action: Action) => void;
  /** The fault a call meets; null: no answer at all. */
  readonly fault: (action: Action) => ApiError | null | undefined;
  readonly perform: (action: Action, parameters: Parameters) => Parameters;
}

/**
 * Speaks AWS JSON 1.1 (Smithy, "AWS JSON 1.1 protocol"): the action in `X-Amz-Target`, the error's code in
 * `__type`.
 */
export function answer(service: Service): RequestListener {
  return (request, response) => void respond(service, request, response);
}

async function respond(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    const result = perform(service, request, Buffer.concat(chunks));
    if (result !== null) write(response, 200, result, {});
  } catch (error) {
    const { code, message, status } = error instanceof ApiError ? error : broken();
    write(response, status, { __type: code, message }, { 'x-amzn-errortype': code });
  }
}

function perform(service: Service, request: IncomingMessage, body: Buffer): Parameters | null {
  const { method = '', url: path = '', headers } = request;
  const target = String(headers['x-amz-target']);
  const action = target.slice(TARGET.length);
  if (method !== 'POST' || !target.startsWith(TARGET) || !isAction(action)) {
    throw new ApiError('UnknownOperationException', '');
  }
  service.arrived(action);
  checkSignature({ method, path, headers, body }, service.key);
  const fault = service.fault(action);
  if (fault === null) return null;
  if (fault !== undefined) throw fault;
  if (headers['content-type'] !== CONTENT_TYPE) throw new ApiError('SerializationException', '');
  return service.perform(action, JSON.parse(body.toString()) as Parameters);
}

function write(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string>,
): void {
  response.writeHead(status, {
    'content-type': CONTENT_TYPE,
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(JSON.stringify(body));
}
