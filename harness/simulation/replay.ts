import { encodeDelta, type ReportSnapshot } from '../stats/delta.ts';
import type { RawStat, StatsDelta, StatsSample } from '../stats/sample.ts';

/** As the agent's timer does: a line that is lost spoils no more than what follows until then. */
const WHOLE_EVERY = 60;

/**
 * What one connection of a recorded peer would have gone on to report: the recording over and over, its counters and times
 * counting on where they stood. What moves up and down repeats.
 */
export class Replay {
  readonly #samples: readonly StatsSample[];
  readonly #counters: ReadonlySet<string>;
  #snapshot: ReportSnapshot | undefined;
  #seq = 0;

  /** @param samples Whole reports of one connection, the media flowing in each of them; two at least. */
  constructor(samples: readonly StatsSample[]) {
    this.#samples = samples;
    this.#counters = countersOf(samples);
  }

  /** The next report, as the difference to the one before. `t` is when it was taken, epoch ms. */
  next(t: number): StatsDelta {
    const seq = this.#seq++;
    const { connection, costMs, listed, stats } = this.#sampleAt(seq);
    const before = seq % WHOLE_EVERY === 0 ? undefined : this.#snapshot;
    const { delta, snapshot } = encodeDelta(before, stats);
    this.#snapshot = snapshot;
    return { t, connection, seq, lateMs: 0, costMs, ...(listed !== undefined && { listed }), ...delta };
  }

  #sampleAt(seq: number): StatsSample {
    const steps = this.#samples.length - 1;
    const round = Math.floor(seq / steps);
    const sample = this.#samples[seq % steps]!;
    if (round === 0) return sample;
    return { ...sample, stats: sample.stats.map((stat) => this.#later(stat, round)) };
  }

  /** An object as many rounds later. */
  #later(stat: RawStat, rounds: number): RawStat {
    const [first, last] = [this.#samples[0]!, this.#samples.at(-1)!].map(({ stats }) =>
      stats.find(({ id }) => id === stat.id),
    );
    if (!first || !last) return stat;
    const entries = Object.entries(stat).map(([field, value]) => {
      const isCounter = this.#counters.has(`${stat.type} ${field}`);
      return [field, isCounter ? moved(value, first[field], last[field], rounds) : value];
    });
    return Object.fromEntries(entries) as RawStat;
  }
}

function moved(value: unknown, first: unknown, last: unknown, rounds: number): unknown {
  if (typeof value === 'number' && typeof first === 'number' && typeof last === 'number') {
    return value + rounds * (last - first);
  }
  if (!isRecord(value) || !isRecord(first) || !isRecord(last)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, own]) => [key, moved(own, first[key], last[key], rounds)]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** `type field` of what never shrinks in the recording; gauges that happened not to are few and do no harm. */
function countersOf(samples: readonly StatsSample[]): Set<string> {
  const counters = new Set<string>();
  const shrank = new Set<string>();
  const before = new Map<string, RawStat>();
  for (const { stats } of samples) {
    for (const stat of stats) {
      for (const [field, value] of Object.entries(stat)) {
        const name = `${stat.type} ${field}`;
        const earlier = before.get(stat.id)?.[field];
        if (typeof value === 'number' || isRecord(value)) counters.add(name);
        if (typeof value === 'number' && typeof earlier === 'number' && value < earlier) shrank.add(name);
      }
      before.set(stat.id, stat);
    }
  }
  return new Set([...counters].filter((name) => !shrank.has(name) && !GAUGES.has(name)));
}

const GAUGES = new Set([
  'local-candidate port',
  'remote-candidate port',
  'candidate-pair currentRoundTripTime',
  'candidate-pair availableOutgoingBitrate',
  'inbound-rtp jitter',
  'remote-inbound-rtp roundTripTime',
]);
