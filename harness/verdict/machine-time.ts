import type { MachineSample } from '../monitor/machine-sample.ts';
import { GENERATOR, type GeneratorFigures } from './generator.ts';

/** A first sample tells of the second before it. */
const FIRST_MS = 1000;
/** A gap in the samples is nobody's time: what they tell is of the last seconds. */
const LONGEST_MS = 10_000;

type MachineFigures = Omit<
  GeneratorFigures,
  | 'fromMs'
  | 'untilMs'
  | 'timerLatenessP95Ms'
  | 'botLatenessP95Ms'
  | 'sourceFpsRatio'
  | 'sentFpsRatio'
  | 'cpuLimitedRatio'
>;

/** What the machine did in a stretch of time, each second by how much of it lies inside. */
export class MachineTime {
  readonly #fromMs: number;
  readonly #untilMs: number;
  readonly #means = new Map<string, { sum: number; ms: number }>();
  #lastMs: number | undefined;
  #overMs = 0;
  #leastMemory: number | undefined;
  #mostSockets: number | undefined;

  constructor(fromMs: number, untilMs: number) {
    this.#fromMs = fromMs;
    this.#untilMs = untilMs;
  }

  /** How much of it the CPU is known of, ms. */
  get measuredMs(): number {
    return this.#means.get('busy')?.ms ?? 0;
  }

  /** In the order of time. */
  add(sample: MachineSample): void {
    const { t, busyRatio: busy, stealRatio: steal, ownRatio: own, quotaRatio: quota } = sample;
    const sinceMs = Math.max(this.#lastMs ?? t - FIRST_MS, t - LONGEST_MS);
    this.#lastMs = t;
    const ms = Math.min(t, this.#untilMs) - Math.max(sinceMs, this.#fromMs);
    if (ms <= 0) return;
    // A container may have used up its share of a machine that has time left.
    if (Math.max(busy ?? 0, quota ?? 0) > GENERATOR.busyRatio) this.#overMs += ms;
    // What the hypervisor took was used by nobody here.
    const others = busy === undefined || own === undefined ? undefined : busy - (steal ?? 0) - own;
    this.#mean('busy', busy, ms);
    this.#mean('quota', quota, ms);
    this.#mean('steal', steal, ms);
    this.#mean('iowait', sample.iowaitRatio, ms);
    this.#mean('others', others === undefined ? undefined : Math.max(0, others), ms);
    this.#mean('queue', sample.runQueue, ms);
    this.#mean('pressure', sample.cpuPressure, ms);
    this.#mean('harness', sample.trees?.find(({ name }) => name === 'harness')?.cores, ms);
    this.#leastMemory = least(this.#leastMemory, sample.memoryAvailableBytes);
    this.#mostSockets = most(this.#mostSockets, sample.sockets);
  }

  figures(): MachineFigures {
    const busy = this.#of('busy');
    const others = this.#of('others');
    const isAnyBusy = busy !== undefined && busy > 0;
    const figures: { [Name in keyof MachineFigures]: MachineFigures[Name] | undefined } = {
      cpuOver90Ratio: this.measuredMs > 0 ? this.#overMs / this.measuredMs : undefined,
      cpuMeanRatio: busy,
      quotaMeanRatio: this.#of('quota'),
      stealRatio: this.#of('steal'),
      iowaitRatio: this.#of('iowait'),
      othersRatio: isAnyBusy && others !== undefined ? Math.min(1, others / busy) : undefined,
      harnessCores: this.#of('harness'),
      runQueue: this.#of('queue'),
      cpuPressureRatio: this.#of('pressure'),
      leastMemoryBytes: this.#leastMemory,
      mostSockets: this.#mostSockets,
    };
    return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
  }

  #mean(name: string, value: number | undefined, ms: number): void {
    if (value === undefined) return;
    const mean = this.#means.get(name) ?? { sum: 0, ms: 0 };
    this.#means.set(name, { sum: mean.sum + value * ms, ms: mean.ms + ms });
  }

  #of(name: string): number | undefined {
    const mean = this.#means.get(name);
    return mean && mean.sum / mean.ms;
  }
}

function least(before: number | undefined, value: number | undefined): number | undefined {
  return value === undefined ? before : Math.min(before ?? Infinity, value);
}

function most(before: number | undefined, value: number | undefined): number | undefined {
  return value === undefined ? before : Math.max(before ?? -Infinity, value);
}
