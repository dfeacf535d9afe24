import type { MessageShape, ReceivedMessages } from '../../data-protocol.ts';
import type { ReadMessage } from './message.ts';

/** More would be none of ours. */
const MOST_PLAIN = 100;

/** Counts the numbered messages that come over one channel. */
export class Tally {
  readonly #seen = new Set<number>();
  #newest = -1;
  #received: ReceivedMessages = {
    messages: 0,
    bytes: 0,
    firstBytes: 0,
    outOfOrder: 0,
    duplicates: 0,
    corrupt: 0,
    plain: [],
  };

  get received(): ReceivedMessages {
    return this.#received;
  }

  addPlain(shape: MessageShape): void {
    if (this.#received.plain.length < MOST_PLAIN) this.#received.plain.push(shape);
  }

  add(message: ReadMessage, t: number): void {
    const received = this.#received;
    if (received.firstMs === undefined) received.firstBytes = message.sizeBytes;
    received.firstMs ??= t;
    received.lastMs = t;
    received.bytes += message.sizeBytes;
    if (!message.isWhole) received.corrupt++;
    if (this.#seen.has(message.seq)) received.duplicates++;
    else if (message.seq < this.#newest) received.outOfOrder++;
    this.#seen.add(message.seq);
    this.#newest = Math.max(this.#newest, message.seq);
    received.messages = this.#seen.size;
  }
}
