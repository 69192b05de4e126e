import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Writes Nest's own messages to the service's log. Its messages of the start have the level debug. */
export class NestLog implements LoggerService {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  log(message: unknown): void {
    this.#log.debug(String(message));
  }

  warn(message: unknown): void {
    this.#log.warn(String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    this.#log.error({ err: message instanceof Error ? message : details[0] }, String(message));
  }

  debug(message: unknown): void {
    this.#log.trace(String(message));
  }

  verbose(message: unknown): void {
    this.#log.trace(String(message));
  }
}
