import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the loop is asked whether it is there, ms: what a timer is late at least, and no lateness. */
const RESOLUTION_MS = 10;
const WINDOW_MS = 1000;

/** How late this process's event loop is: the 95th percentile of the last second, ms. */
export function watchLateness(): () => number {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let lastMs = 0;
  setInterval(() => {
    lastMs = Math.max(0, delay.percentile(95) / 1e6 - RESOLUTION_MS);
    delay.reset();
  }, WINDOW_MS).unref();
  return () => lastMs;
}
