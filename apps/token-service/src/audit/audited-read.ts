import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tap, type Observable } from 'rxjs';

import { toProblem } from '../http/to-problem.ts';
import { AUDIT_LOG, type AuditLog } from './audit-log.ts';

/** Writes the audit line of a request that CallerGuard admitted, whichever way it ends. */
@Injectable()
export class AuditedRead implements NestInterceptor {
  readonly #audit: AuditLog | null;

  constructor(@Inject(AUDIT_LOG) audit: AuditLog | null) {
    this.#audit = audit;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { auditRecord } = context.switchToHttp().getRequest<FastifyRequest>();
    const write = (outcome: string): void => {
      if (auditRecord === null) return;
      auditRecord.outcome = outcome;
      this.#audit?.write(auditRecord);
    };
    return next
      .handle()
      .pipe(tap({ next: () => write('read'), error: (error: unknown) => write(toProblem(error).code) }));
  }
}
