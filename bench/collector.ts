import { parseFromAgent } from '../harness/peer/protocol.ts';
import { Collector, type CollectorStore } from '../harness/collector/collector.ts';
import { RECORDED_ROLES } from '../harness/simulation/recorded.ts';
import { SharedReplay } from '../harness/simulation/shared-replay.ts';
import { heapInUse } from './heap-in-use.ts';
import { type Figure, median } from './runs.ts';

const CALLS = 200;
const SECONDS = 40;
/** Compiling and the first reports of each connection are over then. */
const WARM_UP_S = 10;
/** Values of metrics that one core shall take in a second. */
const GOAL_PER_S = 50_000;

/** Counts what it is given; what a disk does is not measured here. */
class NoStore implements CollectorStore {
  readonly series = { longestDelayMs: 0, writtenBytes: 0 };
  readonly seriesFill = 0;

  appendSeries(_call: string, _role: string, line: unknown): void {
    this.series.writtenBytes += JSON.stringify(line).length;
  }

  writeText(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * How fast the collector takes what agents send: messages as text in, values of metrics out, on this one thread. The
 * limit is the share of a second that {@link GOAL_PER_S} values take.
 */
export function benchCollector(): Promise<Figure[]> {
  const collector = new Collector(new NoStore());
  const calls = Array.from({ length: CALLS }, (_, index) => {
    const call = collector.openCall(`${index}`, 'recorded:recorded');
    call.steps = [{ name: 'hold', startMs: 0 }];
    const clock = { offsetMs: 0, uncertaintyMs: 1 };
    return RECORDED_ROLES.map((role) => ({ role, take: call.peer(role, () => clock) }));
  }).flat();
  const replays = RECORDED_ROLES.map((role) => [role, new SharedReplay(role)] as const);
  let cpuMicros = 0;
  let values = 0;
  const heap: number[] = [];
  for (let second = 0; second < SECONDS; second++) {
    const messages = new Map(
      replays.map(([role, replay]) => [role as string, replay.message(second, 1e12 + second * 1000, 0)]),
    );
    const before = { cpu: process.cpuUsage(), values: collector.counts.values };
    for (const { role, take } of calls) {
      const message = parseFromAgent(messages.get(role)!);
      if (message?.type === 'stats') message.deltas.forEach(take);
    }
    const { user, system } = process.cpuUsage(before.cpu);
    heap.push(heapInUse());
    if (second < WARM_UP_S) continue;
    cpuMicros += user + system;
    values += collector.counts.values - before.values;
  }
  const perS = values / (cpuMicros / 1e6);
  const from = `${CALLS * 2} replayed peers, ${values} values of metrics, ${Math.round(perS)} a CPU second`;
  return Promise.resolve([
    {
      name: `CPU to take ${GOAL_PER_S} metric values a second`,
      value: (100 * GOAL_PER_S) / perS,
      unit: '% of a core',
      limit: 100,
      from,
    },
    {
      name: 'memory of the collector, the last ten seconds against the ten after the first',
      value: median(heap.slice(-10)) / median(heap.slice(WARM_UP_S, WARM_UP_S + 10)),
      unit: '×',
      limit: 1.1,
      from: 'medians of what garbage collection leaves',
    },
  ]);
}
