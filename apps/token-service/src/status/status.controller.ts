import type { Caller } from '#libs/callers';
import { CallersFile } from '#libs/callers';
import { Clock, CurrentTokens, SourceReports, TokenVendor } from '#libs/tokens';
import { Controller, Get, Header, Inject, Param, UseGuards, UseInterceptors } from '@nestjs/common';

import { AuditedRead } from '../audit/audited-read.ts';
import { AuthenticatedCaller, CallerGuard } from '../authentication/caller-guard.ts';
import { Problem } from '../http/problem.ts';
import { credentialStatus } from './credential-status.ts';
import { sourceView } from './source-status.ts';
import type { CredentialStatus, ServiceStatus } from './status-schema.ts';

/** The status of credentials, for callers with the permission `status`. */
@Controller('v1/status')
@UseGuards(CallerGuard)
@UseInterceptors(AuditedRead)
export class StatusController {
  readonly #callers: CallersFile;
  readonly #tokens: CurrentTokens;
  readonly #vendor: TokenVendor;
  readonly #clock: Clock;
  readonly #sourceReports: SourceReports;

  constructor(
    @Inject(CallersFile) callers: CallersFile,
    @Inject(CurrentTokens) tokens: CurrentTokens,
    @Inject(TokenVendor) vendor: TokenVendor,
    @Inject(Clock) clock: Clock,
    @Inject(SourceReports) sourceReports: SourceReports,
  ) {
    this.#callers = callers;
    this.#tokens = tokens;
    this.#vendor = vendor;
    this.#clock = clock;
    this.#sourceReports = sourceReports;
  }

  @Get()
  @Header('cache-control', 'no-store')
  all(@AuthenticatedCaller() caller: Caller): ServiceStatus {
    const visible = this.#tokens.all().filter(({ name }) => caller.maySeeStatusOf(name));
    return {
      callers_file: this.#callers.health,
      ...sourceView(this.#sourceReports.latest, caller),
      credentials: visible
        .map((entry) => credentialStatus(entry, this.#vendor, this.#clock))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
  }

  @Get(':name')
  @Header('cache-control', 'no-store')
  one(@AuthenticatedCaller() caller: Caller, @Param('name') name: string): CredentialStatus {
    if (!caller.maySeeStatusOf(name)) {
      throw new Problem('forbidden', 'This caller may not see the status of that credential.');
    }
    const entry = this.#tokens.get(name);
    if (entry === undefined) {
      throw new Problem('credential_not_found', 'There is no credential of that name here.');
    }
    return credentialStatus(entry, this.#vendor, this.#clock);
  }
}
