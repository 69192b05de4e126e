import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { basicCredentials, bearerToken } from './basic-credentials.ts';

/**
 * The parameters of a request. Clients send them in an urlencoded body, in a multipart body or in the query,
 * and IMS accepts all three.
 */
export class RequestParameters {
  readonly #request: FastifyRequest;

  constructor(request: FastifyRequest) {
    this.#request = request;
  }

  /** The parameter's first value, from the body before the query. An empty value counts as missing. */
  first(name: string): string | undefined {
    return this.all(name)[0];
  }

  all(name: string): readonly string[] {
    return [...valuesOf(this.#form(), name), ...valuesOf(this.#request.query, name)];
  }

  get clientId(): string | undefined {
    return this.first('client_id') ?? this.#basic()?.username;
  }

  get clientSecret(): string | undefined {
    return this.first('client_secret') ?? this.#basic()?.password;
  }

  get bearer(): string | undefined {
    return bearerToken(this.#request.headers.authorization);
  }

  #basic(): ReturnType<typeof basicCredentials> {
    return basicCredentials(this.#request.headers.authorization);
  }

  #form(): unknown {
    const type = this.#request.headers['content-type'] ?? '';
    return /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)
      ? this.#request.body
      : undefined;
  }
}

function valuesOf(source: unknown, name: string): string[] {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, name)) return [];
  const value: unknown = (source as Record<string, unknown>)[name];
  // A multipart part with a file name is a buffer.
  return [value]
    .flat()
    .map((each) => (Buffer.isBuffer(each) ? each.toString('utf8') : each))
    .filter((each): each is string => typeof each === 'string' && each !== '');
}

/** The request's parameters as a parameter of a controller method. */
export const Parameters = createParamDecorator(
  (_data: unknown, context: ExecutionContext): RequestParameters =>
    new RequestParameters(context.switchToHttp().getRequest<FastifyRequest>()),
);
