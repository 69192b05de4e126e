import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createHttpAdapter } from '../http/http-adapter.ts';
import { PublicUrl } from '../http/public-url.ts';
import { OpenApiController } from './openapi.controller.ts';

class OpenApiModule {}

let app: NestFastifyApplication;
/** The bodies that Fastify sent. */
const bodies: unknown[] = [];

beforeAll(async () => {
  const url = new PublicUrl('https://tokens.example', { host: '127.0.0.1', port: 0 });
  app = await NestFactory.create<NestFastifyApplication>(
    {
      module: OpenApiModule,
      controllers: [OpenApiController],
      providers: [{ provide: PublicUrl, useValue: url }],
    },
    createHttpAdapter(null),
    { logger: false },
  );
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (_request, _reply, payload, done) => {
    bodies.push(payload);
    done();
  });
  await app.init();
  await fastify.ready();
});

afterAll(() => app.close());

describe.each(['/docs', '/openapi.json'])('%s', (url) => {
  it.each(['identity', 'gzip', 'br'])('is made once and sent from memory, as %s', async (encoding) => {
    const from = bodies.length;
    const headers = { 'accept-encoding': encoding };
    const answers = [await app.inject({ url, headers }), await app.inject({ url, headers })];
    expect(answers.map((answer) => answer.headers['content-encoding'] ?? 'identity')).toEqual([
      encoding,
      encoding,
    ]);
    const [first, second] = bodies.slice(from);
    expect(first).toBeInstanceOf(Buffer);
    expect(second).toBe(first);
  });

  it('returns 304 to a client that names its entity tag', async () => {
    const first = await app.inject(url);
    const again = await app.inject({ url, headers: { 'if-none-match': String(first.headers['etag']) } });
    expect([first.statusCode, again.statusCode, again.body]).toEqual([200, 304, '']);
    expect(again.headers['etag']).toBe(first.headers['etag']);
  });
});
