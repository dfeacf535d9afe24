import { recordedSamples, type RecordedRole } from './recorded.ts';
import { Replay } from './replay.ts';

/** Peers are at most so many samples apart. */
const KEPT = 16;

/**
 * The messages of all peers that replay the same recording: they differ in nothing but the time, and are made once, so that
 * the replayer is not what limits a simulation.
 */
export class SharedReplay {
  readonly #replay: Replay;
  readonly #rests: string[] = [];
  #first = 0;

  constructor(role: RecordedRole) {
    this.#replay = new Replay(recordedSamples(role));
  }

  /** The message with a peer's n-th sample, which it took at `t`, epoch ms, so late. */
  message(n: number, t: number, lateMs: number): string {
    while (this.#first + this.#rests.length <= n) {
      const { t: _, lateMs: __, ...rest } = this.#replay.next(0);
      this.#rests.push(JSON.stringify(rest).slice(1));
      if (this.#rests.length > KEPT) {
        this.#rests.shift();
        this.#first++;
      }
    }
    const rest = this.#rests[n - this.#first];
    if (rest === undefined) throw new RangeError(`sample ${n} is too long ago`);
    return `{"type":"stats","deltas":[{"t":${t},"lateMs":${lateMs},${rest}]}`;
  }
}
