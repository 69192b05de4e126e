import type { AddressInfo, Server } from 'node:net';

import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { PublicUrl } from './public-url.ts';

/** Passes the port of the server to PublicUrl. `PORT=0` leaves the choice to the operating system. */
@Injectable()
export class ListeningPort implements OnModuleInit {
  readonly #host: HttpAdapterHost;
  readonly #publicUrl: PublicUrl;

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost, @Inject(PublicUrl) publicUrl: PublicUrl) {
    this.#host = host;
    this.#publicUrl = publicUrl;
  }

  onModuleInit(): void {
    this.#host.listen$.subscribe(() => {
      const server = this.#host.httpAdapter.getHttpServer() as Server;
      this.#publicUrl.listensOn((server.address() as AddressInfo).port);
    });
  }
}
