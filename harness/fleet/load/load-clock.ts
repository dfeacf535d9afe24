import { LONGEST_TIMER_MS } from '../../lifecycle/deadline.ts';

/** The time since a load's first moment. */
export class LoadClock {
  #startMs = performance.now();

  get elapsedMs(): number {
    return performance.now() - this.#startMs;
  }

  /** Resolves when so much time has passed, or at once if it has; also when `signal` is aborted: look at it then. */
  async until(elapsedMs: number, signal: AbortSignal): Promise<void> {
    // Timers fire up to a millisecond early.
    while (!signal.aborted && this.elapsedMs < elapsedMs) {
      await pause(Math.min(LONGEST_TIMER_MS, Math.ceil(elapsedMs - this.elapsedMs)), signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
