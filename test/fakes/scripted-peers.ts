import { Peers, type PeerAnswer, type PeerRequest } from '#libs/tokens';

/** A process that answers its peers. */
interface Answering {
  answerPeer(request: PeerRequest): PeerAnswer;
}

/** The way from one process of a test to the others. */
export class ScriptedPeers extends Peers {
  readonly #others: Answering[] = [];
  isCutOff = false;
  readonly requests: PeerRequest[] = [];

  connect(...others: readonly Answering[]): void {
    this.#others.push(...others);
  }

  override async ask(request: PeerRequest): Promise<readonly PeerAnswer[]> {
    this.requests.push(request);
    return this.isCutOff ? [] : this.#others.map((other) => other.answerPeer(request));
  }
}
