import { now } from '../clock.ts';
import { Milestone } from '../milestone.ts';

/** How often the recorder gives what it has, ms. */
const SLICE_MS = 500;

/** A `MediaRecorder` whose pieces are taken one after the other while it goes on. */
export class Recorder {
  readonly #recorder: MediaRecorder;
  #pieces: Blob[] = [];
  #all: Blob[] = [];
  #startedMs = NaN;
  #stoppedMs = NaN;
  readonly started = new Milestone();
  readonly stopped = new Milestone();
  #changed: () => void = () => {};

  constructor(stream: MediaStream, mimeType: string | undefined) {
    this.#recorder = new MediaRecorder(stream, mimeType === undefined ? {} : { mimeType });
    this.#recorder.addEventListener('start', () => {
      this.#startedMs = now();
      this.started.reach();
    });
    this.#recorder.addEventListener('dataavailable', ({ data }) => {
      if (data.size === 0) return;
      this.#pieces.push(data);
      this.#all.push(data);
      this.#changed();
    });
    this.#recorder.addEventListener('stop', () => {
      this.#stoppedMs = now();
      this.stopped.reach();
      this.#changed();
    });
    this.#recorder.addEventListener('error', (event) => {
      const { error } = event as Event & { error?: DOMException };
      const failure = error ?? new Error('the recorder failed');
      this.started.fail(failure);
      this.stopped.fail(failure);
      this.#changed();
    });
    this.#recorder.start(SLICE_MS);
  }

  /** What it records into, once it has started. */
  get mimeType(): string {
    return this.#recorder.mimeType;
  }

  get recordedMs(): number {
    return this.#stoppedMs - this.#startedMs;
  }

  get whole(): Blob {
    return new Blob(this.#all, { type: this.mimeType });
  }

  stop(): Promise<void> {
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    return this.stopped.reached;
  }

  /** The next piece, or nothing after a while; `done` when there will be none. */
  async next(patienceMs: number): Promise<{ piece: Blob | undefined; done: boolean }> {
    if (this.#pieces.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patienceMs);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const piece = this.#pieces.shift();
    return { piece, done: this.#isOver && this.#pieces.length === 0 };
  }

  get #isOver(): boolean {
    return Number.isFinite(this.#stoppedMs) || this.stopped.hasFailed;
  }
}
