import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayRefusalError } from './aem/gateway-refusal.ts';
import { ControlError } from './control/control-error.ts';
import { StateFileError } from './state/state-file.ts';
import { ImsRefusalError, refusal } from './wire/ims-refusal.ts';
import { isForIms } from './wire/surfaces.ts';

/** Turns every error into the response of the addressed system: IMS, AEM's gateway or the control API. */
@Catch()
export class ErrorFilter implements ExceptionFilter<unknown> {
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { status, body } = this.#toResponse(error, request);
    void http.getResponse<FastifyReply>().code(status).send(body);
  }

  #toResponse(error: unknown, request: FastifyRequest): { readonly status: number; readonly body: object } {
    if (error instanceof ImsRefusalError) return error.refusal;
    if (error instanceof GatewayRefusalError) return { status: error.body.status, body: error.body };
    if (error instanceof ControlError) return refusal(error.status, error.code, error.message);
    const status = httpStatus(error);
    if (status === 404) {
      const served = 'The IMS sandbox serves /ims/*, GET /aem/* and /sandbox/*.';
      return refusal(404, 'not_found', `There is no route for ${request.method} at this path. ${served}`);
    }
    if (status < 500)
      return refusal(status, isForIms(request) ? 'bad_request' : 'invalid_request', badRequestMessage(error));
    this.#log(`IMS sandbox: ${error instanceof Error ? described(error) : `unexpected ${typeof error}`}`);
    return refusal(500, 'internal_error', 'Please try again later');
  }
}

function httpStatus(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status: unknown =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : 500;
}

function badRequestMessage(error: unknown): string {
  const status = httpStatus(error);
  return status === 413
    ? 'The body is too large.'
    : 'The request could not be read; check its body and Content-Type.';
}

/** Name and stack only: the message of an unexpected error may quote secrets that the client sent. */
function described(error: Error): string {
  if (error instanceof StateFileError) return error.message;
  return `unexpected ${error.name}${error.stack?.split('\n').slice(1, 4).join('') ?? ''}`;
}
