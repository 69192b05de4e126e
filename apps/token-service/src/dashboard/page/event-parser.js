/** @typedef {{ event: string, data: string }} ServerEvent */

/** Reads server-sent events out of text that arrives in pieces. Comments are passed over. */
export class EventParser {
  #rest = '';

  /**
   * @param {string} piece
   * @returns {ServerEvent[]} what is complete by now
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
