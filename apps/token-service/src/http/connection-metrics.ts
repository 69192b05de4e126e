import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';

import { ConnectionRoom } from './connection-room.ts';

/** How full the server for callers is. */
@Injectable()
export class ConnectionMetrics implements OnModuleInit {
  readonly #registry: Registry;
  readonly #room: ConnectionRoom;

  constructor(@Inject(Registry) registry: Registry, @Inject(ConnectionRoom) room: ConnectionRoom) {
    this.#registry = registry;
    this.#room = room;
  }

  onModuleInit(): void {
    const room = this.#room;
    const gauge = (name: string, help: string, read: () => number): Gauge =>
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      });
    const crowdedOut = new Counter({
      name: 'ims_http_connections_crowded_out_total',
      help: 'Connections that were closed, or refused, because there were too many',
      registers: [],
      collect() {
        this.reset();
        this.inc(room.crowdedOut);
      },
    });
    this.#registry.registerMetric(gauge('ims_http_connections', 'Open connections', () => room.size));
    this.#registry.registerMetric(
      gauge('ims_http_connections_limit', 'How many may be open', () => room.limits.total),
    );
    this.#registry.registerMetric(crowdedOut);
  }
}
