import type { CallRecord, PeerRecord } from '../call-record.ts';
import type { SampleGroup } from '../metrics/aggregate.ts';
import type { MetricName } from '../metrics/catalogue.ts';
import { createSink } from '../metrics/sink.ts';
import type { MachineSample } from '../monitor/machine-sample.ts';
import type { Plan } from '../plan/plan.ts';
import type { MetricSample } from '../stats/sample.ts';
import type { AskedFor, GeneratorEvidence, GeneratorFigures, GeneratorResult } from './generator.ts';
import { judgeGenerator } from './generator.ts';
import type { Window } from './window.ts';
import { isImpaired } from './impairment.ts';
import { MachineTime } from './machine-time.ts';
import { cpuLimitedSeconds, framesOf, type CallObserver, type Frames } from './observe.ts';

const LATENESS: MetricName = 'timer_lateness_ms';

/** Sees the calls of a load go by, and says at the end whether the machine that made them kept up. */
export class GeneratorWatch {
  readonly #bots: ReadonlySet<string>;
  readonly #asksFor: readonly AskedFor[];
  readonly #isOnGrid: boolean;
  readonly #pages = createSink({ type: 'trend', unit: 'ms' }, 0);
  readonly #loops = createSink({ type: 'trend', unit: 'ms' }, 0);
  readonly #source: Frames = { frames: 0, nominal: 0, elapsedMs: 0 };
  readonly #sent: Frames = { frames: 0, nominal: 0, elapsedMs: 0 };
  readonly #limited = { cpu: 0, total: 0 };
  #hasVideo = false;
  #connectedMs: number | undefined;
  #startMs: number | undefined;
  #endMs = -Infinity;

  constructor({ bots = [], asksFor = [], grid }: Pick<Plan, 'bots' | 'asksFor' | 'grid'>) {
    this.#isOnGrid = grid !== undefined;
    this.#bots = new Set(bots.map(({ name }) => name));
    this.#asksFor = asksFor;
  }

  add({ metric, value, tags }: MetricSample): void {
    if (metric === LATENESS) this.#sinkOf(tags).add(value);
  }

  merge({ metric, tags, state }: SampleGroup): void {
    if (metric === LATENESS) this.#sinkOf(tags).merge(state);
  }

  addCall(record: CallRecord, observer: CallObserver): void {
    this.#startMs = Math.min(this.#startMs ?? Infinity, record.startMs);
    this.#endMs = Math.max(this.#endMs, record.endMs);
    for (const peer of Object.values(record.peers)) {
      const connectedMs = connectedOf(peer);
      if (connectedMs !== undefined) this.#connectedMs = Math.min(this.#connectedMs ?? Infinity, connectedMs);
      this.#addFrames(record, peer, observer);
      const { cpu, total } = cpuLimitedSeconds(observer.of(peer.role));
      this.#limited.cpu += cpu;
      this.#limited.total += total;
    }
  }

  /**
   * @param machine what `host.jsonl` holds. The load's time is from the first moment a peer of a call was connected (from
   * the first call's start if none ever was) to the end of the last call: launching browsers is no part of it.
   * @param window which of that counts. Default: all.
   */
  judge(machine: Iterable<MachineSample>, window?: Window): GeneratorResult | undefined {
    const fromMs = window?.fromMs ?? this.#connectedMs ?? this.#startMs;
    const untilMs = window?.untilMs ?? this.#endMs;
    if (fromMs === undefined) return undefined;
    const time = new MachineTime(fromMs, untilMs);
    for (const sample of machine) time.add(sample);
    const figures: GeneratorFigures = {
      fromMs,
      untilMs,
      ...time.figures(),
      ...present('timerLatenessP95Ms', this.#pages.value('p', 95)),
      ...present('botLatenessP95Ms', this.#loops.value('p', 95)),
      ...present('sourceFpsRatio', ratio(this.#source.frames, this.#source.nominal)),
      ...present('sentFpsRatio', ratio(this.#sent.frames, this.#sent.nominal)),
      ...present('cpuLimitedRatio', ratio(this.#limited.cpu, this.#limited.total)),
    };
    const evidence: GeneratorEvidence = {
      machineMs: time.measuredMs,
      timers: this.#pages.samples,
      botTimers: this.#loops.samples,
      sourceMs: this.#source.elapsedMs,
      sentMs: this.#sent.elapsedMs,
      limitedMs: this.#limited.total * 1000,
      hasVideo: this.#hasVideo,
      isOnGrid: this.#isOnGrid,
    };
    return judgeGenerator(figures, evidence, this.#asksFor);
  }

  #sinkOf(tags: MetricSample['tags']) {
    return this.#bots.has(tags['browser'] ?? '') ? this.#loops : this.#pages;
  }

  /** On an impaired network what is sent is the network's doing: only the camera's own counts there. */
  #addFrames(record: CallRecord, { role, source, marks }: PeerRecord, observer: CallObserver): void {
    const nominal = source?.frameRate;
    if (nominal === undefined) return;
    this.#hasVideo = true;
    if (marks.connected === undefined) return;
    for (const { source: given, sent } of framesOf(observer.of(role))) {
      if (given) count(this.#source, given, nominal);
      if (sent && !isImpaired(record)) count(this.#sent, sent, nominal);
    }
  }
}

/** What one camera gives too much makes up for no other's lack. */
function count(sum: Frames, { frames, elapsedMs }: { frames: number; elapsedMs: number }, fps: number): void {
  const nominal = (fps * elapsedMs) / 1000;
  sum.frames += Math.min(frames, nominal);
  sum.nominal += nominal;
  sum.elapsedMs += elapsedMs;
}

function connectedOf({ marks, clock }: PeerRecord): number | undefined {
  return marks.connected === undefined ? undefined : marks.connected - (clock?.offsetMs ?? 0);
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

function present<Name extends string>(name: Name, value: number | undefined): { [Key in Name]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]?: number });
}
