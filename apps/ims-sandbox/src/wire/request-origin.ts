import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The origin that the client addressed. `aud`, the metascope claims and `imsEndpoint` contain it. */
export function requestOrigin(request: FastifyRequest): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = request.socket;
  const listening = localAddress.includes(':')
    ? `[${localAddress}]:${localPort}`
    : `${localAddress}:${localPort}`;
  const url = `${request.protocol}://${request.host || listening}`;
  return URL.canParse(url) ? new URL(url).origin : `${request.protocol}://${listening}`;
}

/** The request's origin as a parameter of a controller method. */
export const Origin = createParamDecorator((_data: unknown, context: ExecutionContext): string =>
  requestOrigin(context.switchToHttp().getRequest<FastifyRequest>()),
);
