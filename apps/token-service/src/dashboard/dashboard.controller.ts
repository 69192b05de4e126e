import type { Caller } from '#libs/callers';
import { seconds } from '#libs/tokens';
import { Controller, Get, Headers, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AUDIT_LOG, type AuditLog } from '../audit/audit-log.ts';
import { beginAuditRecord } from '../audit/audit-record.ts';
import { BASIC_CHALLENGE } from '../http/challenges.ts';
import { Problem } from '../http/problem.ts';
import { toProblem } from '../http/to-problem.ts';
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
  readonly #audit: AuditLog | null;

  constructor(
    @Inject(PageFiles) files: PageFiles,
    @Inject(DashboardFeed) feed: DashboardFeed,
    @Inject(DashboardAdmission) admission: DashboardAdmission,
    @Inject(AUDIT_LOG) audit: AuditLog | null,
  ) {
    this.#files = files;
    this.#feed = feed;
    this.#admission = admission;
    this.#audit = audit;
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
    const { name } = await this.#admit(request);
    reply.hijack();
    const stream = new EventStream(reply.raw, request.headers['accept-encoding']);
    this.#feed.add(stream, name, () => this.#admission.recheck(authorization));
  }

  /** Admits the caller, and writes the audit line of the request either way. */
  async #admit(request: FastifyRequest): Promise<Caller> {
    const auditRecord = beginAuditRecord('dashboard.opened', null, request);
    try {
      const caller = await this.#admission.assertAdmitted(request);
      if (!this.#feed.hasRoomFor(caller.name)) throw tooManyDashboards();
      auditRecord.outcome = 'opened';
      return caller;
    } catch (error) {
      auditRecord.outcome = toProblem(error).code;
      throw error;
    } finally {
      this.#audit?.write(auditRecord);
    }
  }

  #sendFile(name: string, request: FastifyRequest, reply: FastifyReply): void {
    const file = this.#files.get(name);
    if (file === undefined) throw noSuchFile();
    file.send(request, reply.headers(PAGE_HEADERS));
  }
}

const tooManyDashboards = (): Problem =>
  new Problem(
    'rate_limited',
    'Too many dashboards are open at this process, in all or of this caller; close some.',
    { retryAfter: RETRY_AFTER_SECONDS },
  );

const noSuchFile = (): Problem => new Problem('route_not_found', 'The dashboard has no file of that name.');
