/** @typedef {{ event: string, data: string }} ServerEvent */

/** Parses server-sent events from text that arrives in pieces. It ignores comments. */
export class EventParser {
  #rest = '';

  /**
   * @param {string} piece
   * @returns {ServerEvent[]} the events that are complete
   */
  push(piece) {
    const blocks = (this.#rest + piece).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => {
      const event = { event: 'message', data: '' };
      for (const line of block.split('\n')) {
        if (line.startsWith('event: ')) event.event = line.slice(7);
        if (line.startsWith('data: ')) event.data = line.slice(6);
      }
      return event.data === '' ? [] : [event];
    });
  }
}
