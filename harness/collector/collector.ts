import type { CallRecord, PeerRecord } from '../call-record.ts';
import { METRICS } from '../metrics/catalogue.ts';
import type { CollectedCall } from '../metrics/collected.ts';
import type { IntervalValue } from '../metrics/intervals.ts';
import { createSink, type MetricSink } from '../metrics/sink.ts';
import type { MetricSummary } from '../result.ts';
import type { StatsDelta } from '../stats/sample.ts';
import { LAYOUT } from '../store/layout.ts';
import type { RunStore } from '../store/run-store.ts';
import { PeerCollector } from './peer-collector.ts';
import { keepOneOf } from './thinning.ts';

export type CollectorStore = Pick<RunStore, 'appendSeries' | 'seriesFill' | 'series' | 'writeText'>;

/** What a run's peers have sent so far. */
export interface CollectedCounts {
  /** Samples of connections. */
  samples: number;
  /** Of these, raw samples that are not on disk. */
  thinned: number;
  thinnedCalls: number;
  /** Values of metrics that were made of them. */
  values: number;
  longestDelayMs: number;
  writtenBytes: number;
}

/** So many values are kept as they are of what lasts as long as the run: it is as small at its end as at its beginning. */
const FEW = 1000;

/** Values of metrics, in bounded memory. */
class Window {
  readonly #sinks = new Map<string, MetricSink>();
  readonly #exactValues: number | undefined;

  /** @param exactValues Of a trend, before it becomes a sketch. Default: as many as the judge keeps. */
  constructor(exactValues?: number) {
    this.#exactValues = exactValues;
  }

  add({ metric, value }: IntervalValue): void {
    let sink = this.#sinks.get(metric);
    if (!sink) this.#sinks.set(metric, (sink = createSink(METRICS[metric], 0, this.#exactValues)));
    sink.add(value);
  }

  summary(): Record<string, MetricSummary> {
    return Object.fromEntries([...this.#sinks].map(([metric, sink]) => [metric, sink.summary()]));
  }
}

/**
 * Takes every sample of every peer of a run as it comes: keeps it, measures it, and forgets it. What it holds is bounded
 * by how many peers there are at a time, and by the disk's backlog.
 *
 * When the disk does not keep up, raw samples wait, and then are thinned out, counted. What is measured stays exact: the
 * collector has seen what the disk has not.
 */
export class Collector {
  readonly #store: CollectorStore;
  readonly #run = new Window(FEW);
  readonly #cells = new Map<string, Window>();
  #recent = new Window();
  #over = { samples: 0, thinned: 0, thinnedCalls: 0 };
  #values = 0;
  readonly #calls = new Set<CallCollector>();

  constructor(store: CollectorStore) {
    this.#store = store;
  }

  openCall(id: string, cell: string): CallCollector {
    const own = this.#cells.get(cell) ?? new Window(FEW);
    this.#cells.set(cell, own);
    const call: CallCollector = new CallCollector(id, {
      store: this.#store,
      onValue: (value) => {
        this.#values++;
        this.#run.add(value);
        own.add(value);
        this.#recent.add(value);
      },
      onEnd: ({ samples, thinned }) => {
        this.#calls.delete(call);
        this.#over.samples += samples;
        this.#over.thinned += thinned;
        if (thinned > 0) this.#over.thinnedCalls++;
      },
    });
    this.#calls.add(call);
    return call;
  }

  get counts(): CollectedCounts {
    const { longestDelayMs, writtenBytes } = this.#store.series;
    const counts = { ...this.#over, values: this.#values, longestDelayMs, writtenBytes };
    for (const { samples, thinned } of this.#calls) {
      counts.samples += samples;
      counts.thinned += thinned;
      if (thinned > 0) counts.thinnedCalls++;
    }
    return counts;
  }

  /** Of everything so far, and of one cell. */
  summary(cell?: string): Record<string, MetricSummary> {
    return (cell === undefined ? this.#run : this.#cells.get(cell))?.summary() ?? {};
  }

  /** Of what came since this was asked the last time. */
  takeRecent(): Record<string, MetricSummary> {
    const recent = this.#recent.summary();
    this.#recent = new Window();
    return recent;
  }
}

interface CallCollectorOptions {
  store: CollectorStore;
  onValue: (value: IntervalValue) => void;
  onEnd: (counts: { samples: number; thinned: number }) => void;
}

/** The samples of one call. */
export class CallCollector {
  readonly #id: string;
  readonly #options: CallCollectorOptions;
  readonly #peers = new Map<string, PeerCollector>();
  #isOver = false;
  /** The call's steps; they are added to while it goes on. */
  steps: CallRecord['steps'] = [];

  constructor(id: string, options: CallCollectorOptions) {
    this.#id = id;
    this.#options = options;
  }

  /** What takes a peer's samples. */
  peer(role: string, clock: () => PeerRecord['clock']): (delta: StatsDelta) => void {
    const { store, onValue } = this.#options;
    const peer = new PeerCollector({
      steps: () => this.steps,
      clock,
      write: (line) => store.appendSeries(this.#id, role, line),
      keepOneOf: () => keepOneOf(store.seriesFill),
      onValue,
    });
    this.#peers.set(role, peer);
    return (delta) => {
      if (!this.#isOver) peer.add(delta);
    };
  }

  get samples(): number {
    return this.#sum((peer) => peer.samples);
  }

  get thinned(): number {
    return this.#sum((peer) => peer.thinned);
  }

  /** Writes down what the raw samples do not tell, if that is anything. What comes later is dropped. */
  async end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const peers = [...this.#peers].flatMap(([role, peer]) => {
      const collected = peer.collected();
      return collected ? [[role, collected] as const] : [];
    });
    const { samples, thinned } = this;
    this.#options.onEnd({ samples, thinned });
    this.#peers.clear();
    if (peers.length === 0) return;
    const collected: CollectedCall = { schemaVersion: 1, peers: Object.fromEntries(peers) };
    await this.#options.store.writeText(LAYOUT.collected(this.#id), `${JSON.stringify(collected)}\n`);
  }

  #sum(count: (peer: PeerCollector) => number): number {
    return [...this.#peers.values()].reduce((sum, peer) => sum + count(peer), 0);
  }
}
