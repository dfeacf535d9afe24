import type { CallRecord, PeerRecord } from '../call-record.ts';
import { METRICS } from '../metrics/catalogue.ts';
import type { CollectedObservation, CollectedPeer } from '../metrics/collected.ts';
import { momentsOf } from '../metrics/derive.ts';
import { IntervalDeriver, type IntervalValue } from '../metrics/intervals.ts';
import { HOLD_STEP, stepAround } from '../metrics/steps.ts';
import { parseStatsDelta, StatsAssembler } from '../stats/delta.ts';
import type { NormalisedSample } from '../stats/normalise.ts';
import type { StatsDelta } from '../stats/sample.ts';
import { Groups } from './groups.ts';
import { ThinnedLines } from './thinning.ts';

export interface PeerCollectorOptions {
  /** The call's steps so far. */
  steps: () => CallRecord['steps'];
  /** The peer's clock against ours, as well as it is known by now. */
  clock: () => PeerRecord['clock'];
  /** Given every line that is to be kept. */
  write: (line: StatsDelta) => void;
  /** One of how many raw samples is kept. */
  keepOneOf: () => number;
  /** Given every value of every metric, as it comes. */
  onValue: (value: IntervalValue) => void;
}

/**
 * One peer's samples of a call, as they come: every one is measured, and goes to the disk as long as that keeps up.
 *
 * From the first one that does not, what is measured is put by: the file no longer tells it.
 */
export class PeerCollector {
  readonly #options: PeerCollectorOptions;
  readonly #assembler = new StatsAssembler();
  readonly #deriver: IntervalDeriver;
  readonly #lines = new Map<string, ThinnedLines>();
  readonly #candidateTypes = new Map<string, string>();
  #samples = 0;
  #last: NormalisedSample | undefined;
  #holds: CollectedObservation['holds'] = {};
  #fromMs: number | undefined;
  #groups: Groups | undefined;

  constructor(options: PeerCollectorOptions) {
    this.#options = options;
    this.#deriver = new IntervalDeriver({
      stepAt: (t) => this.#stepAround(t, t),
      onSample: (sample) => this.#note(sample),
    });
  }

  /** Whatever the page sent. */
  add(sent: StatsDelta): void {
    const delta = parseStatsDelta(sent);
    // Kept as it is: the judge says that it is none.
    if (!delta) return this.#options.write(sent);
    const sample = this.#assembler.add(delta);
    this.#write(delta, sample);
    if (!sample) return;
    for (const value of this.#deriver.add(sample)) this.#take(value);
    for (const value of momentsOf(sample)) this.#take(value);
  }

  get samples(): number {
    return this.#samples;
  }

  get thinned(): number {
    return [...this.#lines.values()].reduce((sum, { thinned }) => sum + thinned, 0);
  }

  /** What the file does not tell; `undefined` if it tells everything. */
  collected(): CollectedPeer | undefined {
    if (this.#fromMs === undefined || !this.#last || !this.#groups) return undefined;
    return {
      fromMs: this.#fromMs,
      samples: this.#samples,
      thinned: this.thinned,
      observed: { last: this.#last, holds: this.#holds },
      groups: this.#groups.states(),
    };
  }

  #write(delta: StatsDelta, sample: ReturnType<StatsAssembler['add']>): void {
    const lines = this.#lines.get(delta.connection) ?? new ThinnedLines();
    this.#lines.set(delta.connection, lines);
    const line = lines.next(delta, sample, this.#options.keepOneOf());
    if (line) this.#options.write(line);
    else if (sample) {
      this.#fromMs ??= delta.t;
      this.#groups ??= new Groups();
    }
  }

  #note(sample: NormalisedSample): void {
    const { connection, pair, t } = sample;
    this.#samples++;
    this.#last = sample;
    if (pair?.candidateType !== undefined) this.#candidateTypes.set(connection, pair.candidateType);
    const { clock, steps } = this.#options;
    const offsetMs = clock()?.offsetMs;
    const hold = steps().find(({ name }) => name === HOLD_STEP);
    if (offsetMs === undefined || !hold) return;
    const harnessMs = t - offsetMs;
    if (harnessMs < hold.startMs || harnessMs > (hold.endMs ?? Infinity)) return;
    const seen = (this.#holds[connection] ??= { first: sample, last: sample });
    seen.last = sample;
  }

  #take(value: IntervalValue): void {
    if (!Number.isFinite(value.value)) return;
    this.#options.onValue(value);
    if (!this.#groups || this.#fromMs === undefined || value.endMs < this.#fromMs) return;
    const { metric, connection, stream, startMs, endMs } = value;
    const type = this.#candidateTypes.get(connection);
    const step = this.#stepAround(startMs, endMs);
    this.#groups.add(metric, METRICS[metric], value.value, {
      connection,
      ...(stream && { kind: stream.kind }),
      ...(stream?.codec !== undefined && { codec: stream.codec }),
      ...(type !== undefined && { candidate_type: type }),
      ...(step !== undefined && { step }),
    });
  }

  #stepAround(startMs: number, endMs: number): string | undefined {
    const offsetMs = this.#options.clock()?.offsetMs;
    if (offsetMs === undefined) return undefined;
    const steps = this.#options.steps();
    return stepAround({ steps, endMs: Infinity }, startMs - offsetMs, endMs - offsetMs);
  }
}
