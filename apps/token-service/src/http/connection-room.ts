import type { Socket } from 'node:net';

import { addressGroup } from './client-address.ts';
import type { ConnectionLimits } from './connection-limits.ts';

/** How many connections are examined for an idle one. */
const MAX_EXAMINED = 64;
/** An address with more than one in this many connections gives way first. */
const HEAVY_SHARE = 8;

/** Whether a request of a connection is being answered. */
interface Work {
  readonly isBusy: boolean;
}

interface Connection {
  readonly socket: Socket;
  readonly work: Work;
  readonly group: string;
}

/**
 * Limits the open connections of a server, in total and by address. A new connection to a full server takes
 * the place of an idle one, so idle connections never keep a client out.
 */
export class ConnectionRoom {
  readonly limits: ConnectionLimits;
  readonly #isShared: (address: string) => boolean;
  /** In the order in which they are examined. */
  readonly #all = new Set<Connection>();
  readonly #byGroup = new Map<string, Set<Connection>>();
  readonly #heavyGroups = new Set<string>();
  #crowdedOut = 0;

  /**
   * @param isShared whether many clients share an address, as behind a proxy: it has no limit of its own
   */
  constructor(limits: ConnectionLimits, isShared: (address: string) => boolean = () => false) {
    this.limits = limits;
    this.#isShared = isShared;
  }

  /** How many connections are open. */
  get size(): number {
    return this.#all.size;
  }

  /** How many connections were closed for others, or refused. */
  get crowdedOut(): number {
    return this.#crowdedOut;
  }

  /**
   * Adds a connection. A full room closes another one that is idle, or this one if the others are busy.
   */
  add(socket: Socket, work: Work): void {
    const address = socket.remoteAddress ?? '';
    const connection = { socket, work, group: addressGroup(address) };
    const crowd = this.#crowd(connection.group, address);
    const closing = crowd === null ? null : (this.#findIdle(crowd) ?? connection);
    if (closing !== null) {
      this.#crowdedOut += 1;
      this.#remove(closing);
      closing.socket.destroy();
    }
    if (closing === connection) return;
    this.#insert(connection);
    socket.once('close', () => this.#remove(connection));
  }

  /** The connections of which one must close before a new one of this address; null while there is room. */
  #crowd(group: string, address: string): Set<Connection> | null {
    const own = this.#byGroup.get(group);
    if (own !== undefined && own.size >= this.limits.perAddress && !this.#isShared(address)) return own;
    return this.#all.size < this.limits.total ? null : (this.#heaviest() ?? this.#all);
  }

  #heaviest(): Set<Connection> | undefined {
    const sets = [...this.#heavyGroups].map((group) => this.#byGroup.get(group) ?? new Set<Connection>());
    return sets.sort((a, b) => b.size - a.size)[0];
  }

  /** The first idle connection; one that never sent a byte is preferred. */
  #findIdle(connections: Set<Connection>): Connection | null {
    let idle: Connection | null = null;
    let examined = 0;
    for (const connection of connections) {
      if ((examined += 1) > MAX_EXAMINED) break;
      if (connection.work.isBusy) {
        connections.delete(connection);
        connections.add(connection);
      } else if (connection.socket.bytesRead === 0) return connection;
      else idle ??= connection;
    }
    return idle;
  }

  #insert(connection: Connection): void {
    const { group } = connection;
    const own = this.#byGroup.get(group) ?? new Set();
    this.#byGroup.set(group, own.add(connection));
    this.#all.add(connection);
    if (this.#isHeavy(own)) this.#heavyGroups.add(group);
  }

  #remove(connection: Connection): void {
    const own = this.#byGroup.get(connection.group);
    if (!this.#all.delete(connection) || own === undefined) return;
    own.delete(connection);
    if (own.size === 0) this.#byGroup.delete(connection.group);
    if (!this.#isHeavy(own)) this.#heavyGroups.delete(connection.group);
  }

  #isHeavy(own: Set<Connection>): boolean {
    return own.size > this.limits.total / HEAVY_SHARE;
  }
}
