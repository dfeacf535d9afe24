import type { CollectedGroup } from '../metrics/collected.ts';
import type { CustomMetric } from '../metrics/custom-metrics.ts';
import { createSink, type MetricSink } from '../metrics/sink.ts';

/** What a value has, beside its metric, that tells it from others of the same peer. */
export type GroupKey = Omit<CollectedGroup, 'metric' | 'state'>;

/** Values of one peer, by what they have in common: in bounded memory, however many there are. */
export class Groups {
  readonly #groups = new Map<string, { key: GroupKey; metric: string; sink: MetricSink }>();

  add(metric: string, definition: CustomMetric, value: number, key: GroupKey): void {
    const { connection, kind, codec, candidate_type: type, step } = key;
    const id = `${metric}\n${connection}\n${kind}\n${codec}\n${type}\n${step}`;
    const group = this.#groups.get(id) ?? { key, metric, sink: createSink(definition, 0) };
    this.#groups.set(id, group);
    group.sink.add(value);
  }

  states(): CollectedGroup[] {
    return [...this.#groups.values()].map(({ metric, key, sink }) => ({
      metric,
      ...key,
      state: sink.state(),
    }));
  }
}
