import { seconds } from '#libs/tokens';
import { Controller, Get, Headers, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { BASIC_CHALLENGE } from '../http/challenges.ts';
import { Problem } from '../http/problem.ts';
import { DashboardAdmission } from './dashboard-admission.ts';
import { DashboardFeed } from './dashboard-feed.ts';
import { EventStream } from './event-stream.ts';
import { PageFiles } from './page-files.ts';
import { PAGE_HEADERS } from './page-headers.ts';

const RETRY_AFTER_SECONDS = seconds(30);

/**
 * The web page. Its files hold no data and need no key. The data comes from `/dashboard/events`, which needs
 * one.
 */
@Controller('dashboard')
export class DashboardController {
  readonly #files: PageFiles;
  readonly #feed: DashboardFeed;
  readonly #admission: DashboardAdmission;

  constructor(
    @Inject(PageFiles) files: PageFiles,
    @Inject(DashboardFeed) feed: DashboardFeed,
    @Inject(DashboardAdmission) admission: DashboardAdmission,
  ) {
    this.#files = files;
    this.#feed = feed;
    this.#admission = admission;
  }

  /** The empty shell. */
  @Get()
  shell(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.#sendFile('page.html', request, reply);
  }

  @Get('assets/:file')
  asset(@Param('file') file: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (file.endsWith('.html')) throw noSuchFile();
    this.#sendFile(file, request, reply);
  }

  /**
   * Makes the browser ask for name and key with its own dialog, and redirects it to the page. The browser
   * then sends them with each request below this path, and with no other (RFC 7617 §2.2).
   */
  @Get('login')
  async login(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (await this.#admission.isLoggedIn(request)) {
      void reply.code(303).headers({ location: '../dashboard', 'cache-control': 'no-store' }).send();
      return;
    }
    void reply.code(401).header('www-authenticate', BASIC_CHALLENGE);
    this.#sendFile('not-logged-in.html', request, reply);
  }

  /** Sends everything that the caller may see, and then each change, as server-sent events. */
  @Get('events')
  async events(
    @Headers('authorization') authorization: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { name } = await this.#admission.assertAdmitted(request);
    if (!this.#feed.hasRoomFor(name)) {
      throw new Problem(
        'rate_limited',
        'Too many dashboards are open at this process, in all or of this caller; close some.',
        {
          retryAfter: RETRY_AFTER_SECONDS,
        },
      );
    }
    reply.hijack();
    const stream = new EventStream(reply.raw, request.headers['accept-encoding']);
    this.#feed.add(stream, name, () => this.#admission.recheck(authorization));
  }

  #sendFile(name: string, request: FastifyRequest, reply: FastifyReply): void {
    const file = this.#files.get(name);
    if (file === undefined) throw noSuchFile();
    file.send(request, reply.headers(PAGE_HEADERS));
  }
}

const noSuchFile = (): Problem => new Problem('route_not_found', 'The dashboard has no file of that name.');
