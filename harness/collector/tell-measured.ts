import { harnessNow } from '../peer/clock.ts';
import type { RunEvent } from '../store/layout.ts';
import type { Collector } from './collector.ts';

const EVERY_MS = 1000;

/** Once a second what peers measured in it, as an event for whoever watches; it is on no disk. */
export function tellMeasured(collector: Collector, onEvent: (event: RunEvent) => void): AsyncDisposable {
  let samples = 0;
  const timer = setInterval(() => {
    const { counts } = collector;
    const metrics = collector.takeRecent();
    onEvent({
      t: harnessNow(),
      type: 'measured',
      samples: counts.samples - samples,
      thinned: counts.thinned,
      metrics,
    });
    samples = counts.samples;
  }, EVERY_MS);
  return {
    [Symbol.asyncDispose]: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}
