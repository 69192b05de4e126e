import { Peers, type PeerAnswer, type PeerRequest } from '#libs/tokens';

import type { Line } from './line.ts';
import type { Replica } from './replica.ts';

/** The other replicas as one process reaches them. */
export class PeersLine extends Peers {
  readonly #line: Line;
  readonly #others: () => readonly Replica[];

  constructor(line: Line, others: () => readonly Replica[]) {
    super();
    this.#line = line;
    this.#others = others;
  }

  /** A process that is dead or paused does not answer. */
  override async ask(request: PeerRequest): Promise<readonly PeerAnswer[]> {
    const answers = await Promise.all(
      this.#others().map((other) =>
        this.#line
          .ask('ask a peer', async () =>
            other.isRunning
              ? other.incarnation.service.answerPeer(request)
              : new Promise<PeerAnswer>(() => undefined),
          )
          .catch(() => null),
      ),
    );
    return answers.filter((answer) => answer !== null);
  }
}
