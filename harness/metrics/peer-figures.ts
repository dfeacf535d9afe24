import type { MetricSample } from '../stats/sample.ts';
import type { SampleGroup } from './aggregate.ts';
import { METRICS } from './catalogue.ts';
import { definitionOf, type KnownMetrics } from './custom-metrics.ts';
import { totalOf } from './sink.ts';
import { HOLD_STEP } from './steps.ts';

/** Sum and count of one metric. */
interface Figure {
  sum: number;
  count: number;
}

/**
 * One figure for each metric of each peer of a call: the mean over the hold, or over the whole call where nothing
 * was measured in the hold (waterfall times, calls that broke before); counters are summed over the whole call.
 */
export class PeerFigures {
  readonly #peers = new Map<string, Map<string, { all: Figure; hold: Figure }>>();
  readonly #candidateTypes = new Map<string, string>();
  readonly #known: KnownMetrics;

  /** @param known Default: the catalogue. */
  constructor(known: KnownMetrics = METRICS) {
    this.#known = known;
  }

  /** Samples without a role, such as the host's, go under `''`. */
  add({ metric, value, tags }: MetricSample): void {
    this.#add(metric, tags, { sum: value, count: 1 });
  }

  /** Many samples of a metric at once, all with the same tags. */
  merge({ metric, tags, state }: SampleGroup): void {
    this.#add(metric, tags, totalOf(state));
  }

  #add(metric: string, tags: Readonly<Record<string, string>>, { sum, count }: Figure): void {
    const role = tags['role'] ?? '';
    const peer = this.#peers.get(role) ?? new Map<string, { all: Figure; hold: Figure }>();
    this.#peers.set(role, peer);
    if (tags['candidate_type']) this.#candidateTypes.set(role, tags['candidate_type']);
    const figures = peer.get(metric) ?? { all: { sum: 0, count: 0 }, hold: { sum: 0, count: 0 } };
    peer.set(metric, figures);
    for (const figure of tags['step'] === HOLD_STEP ? [figures.all, figures.hold] : [figures.all]) {
      figure.sum += sum;
      figure.count += count;
    }
  }

  /** By metric name; a metric nothing was measured of is absent. */
  of(role: string): Record<string, number> {
    const peer = this.#peers.get(role) ?? [];
    return Object.fromEntries(
      [...peer].map(([metric, { all, hold }]) => {
        if (definitionOf(this.#known, metric)?.type === 'counter') return [metric, all.sum];
        const figure = hold.count > 0 ? hold : all;
        return [metric, figure.sum / figure.count];
      }),
    );
  }

  /** The tag `candidate_type` that the peer's samples ended with; empty if they had none. */
  candidateTag(role: string): { candidate_type?: string } {
    const type = this.#candidateTypes.get(role);
    return type === undefined ? {} : { candidate_type: type };
  }

  /** Mean over the hold alone; `undefined` when nothing was measured in it. */
  overHold(role: string, metric: string): number | undefined {
    const hold = this.#peers.get(role)?.get(metric)?.hold;
    return hold?.count ? hold.sum / hold.count : undefined;
  }
}
