import type { HostSample } from '../harness/call-record.ts';
import { coresBetween, heldTogether, treesOf } from './fleets.ts';
import { type Figure, median, timeLoad } from './runs.ts';

const CALLS = 3;
const PEERS = 2 * CALLS;
const HOLD_S = 15;
const ROUNDS = 2;
/** Ten times as often as by default, so that the cost stands out of the noise; divided again below. */
const OFTEN = '100ms';
const OFTEN_PER_S = 10;
const NEVER = '1h';

interface Cost {
  /** Cores used while all calls are held: by the harness, and by all browsers. */
  harness: number;
  browsers: number;
  /** The harness's resident memory meanwhile, bytes. */
  memory: number[];
  /** What one sample takes on the disk, bytes; NaN without any. */
  sampleBytes: number;
}

/** What `getStats()` once a second costs in a load: the same calls with and without, measured as CPU of whole processes. */
export async function benchStats(): Promise<Figure[]> {
  const pairs: { without: Cost; often: Cost }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    pairs.push({ without: await measure(NEVER), often: await measure(OFTEN) });
  }
  const percentAt1Hz = (of: (cost: Cost) => number) =>
    100 * median(pairs.map(({ without, often }) => (of(often) - of(without)) / OFTEN_PER_S / PEERS));
  const spread = pairs.map(({ without, often }) => `${percent(without.harness)} → ${percent(often.harness)}`);
  const from = `medians of ${ROUNDS} pairs of loads of ${PEERS} peers for ${HOLD_S} s, at ${OFTEN} and off`;
  return [
    {
      name: 'node CPU for stats at 1 Hz',
      value: percentAt1Hz(({ harness }) => harness),
      unit: '% of a core per browser peer',
      limit: 0.3,
      from: `${from}; node's cores ${spread.join(' and ')}`,
    },
    {
      name: 'page CPU for stats at 1 Hz',
      value: percentAt1Hz(({ browsers }) => browsers),
      unit: '% of a core per browser peer',
      limit: 1,
      from,
    },
    {
      name: 'memory of the node process, end of a hold against its middle',
      value: median(pairs.map(({ often }) => lateOverEarly(often.memory))),
      unit: '×',
      limit: 1.1,
      from: `stats at ${OFTEN}, mean RSS of the last against the middle third`,
    },
    {
      name: 'a sample of a connection on disk, compressed',
      value: median(pairs.map(({ often }) => often.sampleBytes)),
      unit: 'bytes',
      limit: 400,
      from: `stats at ${OFTEN}, what is used of them`,
    },
  ];
}

async function measure(interval: string): Promise<Cost> {
  const { records, run } = await timeLoad([
    '--pairs',
    'chrome:chrome',
    '--executor',
    'per-vu-iterations',
    '--iterations',
    '1',
    '--vus',
    String(CALLS),
    '--hold',
    `${HOLD_S}s`,
    '--stats-interval',
    interval,
    '--quiet',
  ]);
  const { from, to } = heldTogether(records);
  const host = (records[0]?.host ?? []).filter(({ t }) => t >= from && t <= to);
  const trees = [...treesOf(records).values()];
  const collected = [...run.events()].find((event) => event.type === 'stats-collected');
  return {
    harness: harnessCores(host),
    browsers: trees.reduce((sum, samples) => sum + coresBetween(samples, from, to), 0),
    memory: host.map(({ harnessRssBytes }) => harnessRssBytes),
    sampleBytes: collected ? collected.writtenBytes / collected.samples : NaN,
  };
}

function harnessCores(host: readonly HostSample[]): number {
  const [first, last] = [host[0], host.at(-1)];
  if (!first || !last || first === last) return NaN;
  return (last.harnessCpuSeconds - first.harnessCpuSeconds) / ((last.t - first.t) / 1000);
}

function lateOverEarly(values: readonly number[]): number {
  const third = Math.floor(values.length / 3);
  const mean = (part: readonly number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
  return mean(values.slice(-third)) / mean(values.slice(third, 2 * third));
}

function percent(cores: number): string {
  return `${(100 * cores).toFixed(1)} %`;
}
