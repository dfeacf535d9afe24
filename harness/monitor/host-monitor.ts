import { monitorEventLoopDelay } from 'node:perf_hooks';
import { harnessNow } from '../peer/clock.ts';
import { thisMachine, type Machine } from './machine.ts';
import type { MachineSample } from './machine-sample.ts';

const INTERVAL_MS = 1000;
/** What the histogram of the event loop's delay counts in, and thus never falls below. */
const RESOLUTION_MS = 50;

export interface HostMonitorOptions {
  onSample: (sample: MachineSample) => void;
  /** Default: this one. */
  machine?: Machine;
  intervalMs?: number;
}

/** Watches the machine that makes a load, a sample a second until it is closed. */
export class HostMonitor implements AsyncDisposable {
  readonly #machine: Machine;
  readonly #onSample: (sample: MachineSample) => void;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #isReading = false;
  #isClosed = false;

  constructor({ onSample, machine = thisMachine(), intervalMs = INTERVAL_MS }: HostMonitorOptions) {
    this.#machine = machine;
    this.#onSample = onSample;
    this.#delay.enable();
    // What counts from one look to the next begins here.
    void this.#read();
    this.#timer = setInterval(() => void this.#sample(), intervalMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  async #sample(): Promise<void> {
    const loopLatenessMs = this.#lateness();
    const figures = await this.#read();
    if (!figures || this.#isClosed) return;
    this.#onSample({ t: harnessNow(), ...figures, ...(loopLatenessMs !== undefined && { loopLatenessMs }) });
  }

  /** A machine so busy that a look lasts longer than a second is looked at less often. */
  async #read(): Promise<Omit<MachineSample, 't'> | undefined> {
    if (this.#isReading) return undefined;
    this.#isReading = true;
    try {
      return await this.#machine.read();
    } catch {
      // What cannot be read is not known; a library may fail on a platform it hardly knows.
      return {};
    } finally {
      this.#isReading = false;
    }
  }

  #lateness(): number | undefined {
    const { count, mean } = this.#delay;
    this.#delay.reset();
    return count === 0 ? undefined : Math.max(0, mean / 1e6 - RESOLUTION_MS);
  }
}
