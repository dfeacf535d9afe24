import type { CallRecord, HostSample } from '../harness/call-record.ts';
import { type Figure, median, timeScenario } from './runs.ts';

const HOLD_S = 20;
const ROUNDS = 2;
/** Ten times as often as by default, so that the cost stands out of the noise; divided again below. */
const OFTEN = '100ms';
const OFTEN_PER_S = 10;

interface Cost {
  /** Cores used over the call, by the harness and by the browser that both peers share. */
  harness: number;
  browsers: number;
  memory: HostSample[];
}

/** What `getStats()` once a second costs: the same call with and without, measured as CPU of whole processes. */
export async function benchStats(): Promise<Figure[]> {
  const harness: number[] = [];
  const browsers: number[] = [];
  const growth: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const without = await measure('1h');
    const often = await measure(OFTEN);
    harness.push((often.harness - without.harness) / OFTEN_PER_S / 2);
    browsers.push((often.browsers - without.browsers) / OFTEN_PER_S / 2);
    growth.push(lateOverEarly(often.memory));
  }
  const from = `medians of ${ROUNDS} pairs of ${HOLD_S} s calls, at ${OFTEN} and off, per peer and sample`;
  return [
    {
      name: 'node CPU for stats at 1 Hz',
      value: 100 * median(harness),
      unit: '% of a core per peer',
      limit: 0.5,
      from,
    },
    {
      name: 'page CPU for stats at 1 Hz',
      value: 100 * median(browsers),
      unit: '% of a core per peer',
      limit: 1,
      from,
    },
    {
      name: 'memory of the node process, end of a call against its middle',
      value: median(growth),
      unit: '×',
      limit: 1.1,
      from: `stats at ${OFTEN}, mean RSS of the last against the middle third`,
    },
  ];
}

async function measure(interval: string): Promise<Cost> {
  const args = [
    '--pairs',
    'chrome:chrome',
    '--duration',
    `${HOLD_S}s`,
    '--stats-interval',
    interval,
    '--quiet',
  ];
  const { records } = await timeScenario(args);
  return costOf(records[0]!);
}

function costOf({ host, peers }: CallRecord): Cost {
  const first = host[0]!;
  const last = host.at(-1)!;
  const seconds = (last.t - first.t) / 1000;
  const used = peers['caller']!.process.flatMap(({ cpuSeconds }) =>
    cpuSeconds === undefined ? [] : [cpuSeconds],
  );
  return {
    harness: (last.harnessCpuSeconds - first.harnessCpuSeconds) / seconds,
    browsers: (used.at(-1)! - used[0]!) / seconds,
    memory: host,
  };
}

function lateOverEarly(samples: HostSample[]): number {
  const third = Math.floor(samples.length / 3);
  const mean = (part: HostSample[]) =>
    part.reduce((sum, { harnessRssBytes }) => sum + harnessRssBytes, 0) / part.length;
  return mean(samples.slice(-third)) / mean(samples.slice(third, 2 * third));
}
