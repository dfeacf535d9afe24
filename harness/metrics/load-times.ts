import type { MachineSample } from '../monitor/machine-sample.ts';
import type { MetricSample } from '../stats/sample.ts';
import type { RunEvent } from '../store/layout.ts';
import { createSink, type MetricSink } from './sink.ts';

/** `[ms since the beginning, value]`, ascending; a window without a value has no point. */
export type TimePoint = [tMs: number, value: number];

/** How a load went, window by window. */
export interface LoadTimes {
  windowMs: number;
  /** VUs there were at most, of all loads together, and calls that were under way. */
  vus: TimePoint[];
  underWay: TimePoint[];
  /** A second: calls that began, came to their end, failed of these, and iterations that were dropped. */
  begun: TimePoint[];
  completed: TimePoint[];
  failed: TimePoint[];
  dropped: TimePoint[];
  /** Of what was measured in the window; of time to connect by when it was over. */
  connectMs: Quantiles;
  fps: Quantiles;
  /** Shares of all cores. */
  cpu: { busy: TimePoint[]; own: TimePoint[]; steal: TimePoint[] };
}

/** The median and the worse end: what few have to bear. */
export interface Quantiles {
  median: TimePoint[];
  /** p95 of times, p5 of frame rates. */
  worst: TimePoint[];
}

/** A page is hardly wider in pixels. */
const MOST_WINDOWS = 300;
const LEAST_WINDOW_MS = 1000;
/** Values of a window that are kept as they are; more become a sketch. */
const EXACT_VALUES = 1000;

interface Window {
  vus: number;
  underWay: number;
  begun: number;
  completed: number;
  failed: number;
  dropped: number;
  connectMs?: MetricSink;
  fps?: MetricSink;
  machine: { busy: number[]; own: number[]; steal: number[] };
}

/** Takes in what a run with a load left, events in their order, and puts it into at most 300 windows. */
export class LoadTimesBuilder {
  readonly #fromMs: number;
  readonly #windowMs: number;
  readonly #windows: Window[];
  readonly #vus = new Map<string, number>();
  #underWay = 0;
  /** The window that events have come to. */
  #reached = 0;

  constructor({ fromMs, untilMs }: { fromMs: number; untilMs: number }) {
    const durationMs = Math.max(1, untilMs - fromMs);
    const seconds = Math.ceil(durationMs / MOST_WINDOWS / LEAST_WINDOW_MS);
    this.#fromMs = fromMs;
    this.#windowMs = Math.max(1, seconds) * LEAST_WINDOW_MS;
    this.#windows = Array.from({ length: Math.ceil(durationMs / this.#windowMs) }, emptyWindow);
  }

  addEvent(event: RunEvent): void {
    if (!COUNTED.includes(event.type)) return;
    this.#reach(event.t);
    const window = this.#windows[this.#reached]!;
    switch (event.type) {
      case 'vus':
        this.#vus.set(event.load, event.vus);
        window.vus = Math.max(window.vus, this.#allVus);
        break;
      case 'call-started':
        this.#underWay++;
        window.begun++;
        window.underWay = Math.max(window.underWay, this.#underWay);
        break;
      case 'call-ended':
        this.#underWay--;
        if (event.interrupted) break;
        window.completed++;
        if (event.fault !== undefined || event.checksFailed > 0) window.failed++;
        break;
      case 'dropped-iterations':
        window.dropped += event.count;
        break;
    }
  }

  addSample({ metric, value, t }: MetricSample): void {
    if (metric === 'connect_ms') (this.#at(t).connectMs ??= trend('ms')).add(value);
    if (metric === 'fps_received') (this.#at(t).fps ??= trend('fps')).add(value);
  }

  addMachine({ t, busyRatio, ownRatio, stealRatio }: MachineSample): void {
    const { busy, own, steal } = this.#at(t).machine;
    if (busyRatio !== undefined) busy.push(busyRatio);
    if (ownRatio !== undefined) own.push(ownRatio);
    if (stealRatio !== undefined) steal.push(stealRatio);
  }

  get times(): LoadTimes {
    this.#reach(this.#fromMs + this.#windows.length * this.#windowMs);
    const points = (of: (window: Window) => number | undefined) =>
      this.#windows.flatMap((window, index): TimePoint[] => {
        const value = of(window);
        return value === undefined ? [] : [[(index + 0.5) * this.#windowMs, value]];
      });
    const perSecond = (of: (window: Window) => number) =>
      points((window) => of(window) / (this.#windowMs / 1000));
    const quantiles = (worst: number, of: (window: Window) => MetricSink | undefined): Quantiles => ({
      median: points((window) => of(window)?.value('p', 50)),
      worst: points((window) => of(window)?.value('p', worst)),
    });
    return {
      windowMs: this.#windowMs,
      vus: points(({ vus }) => vus),
      underWay: points(({ underWay }) => underWay),
      begun: perSecond(({ begun }) => begun),
      completed: perSecond(({ completed }) => completed),
      failed: perSecond(({ failed }) => failed),
      dropped: perSecond(({ dropped }) => dropped),
      connectMs: quantiles(95, ({ connectMs }) => connectMs),
      fps: quantiles(5, ({ fps }) => fps),
      cpu: {
        busy: points(({ machine }) => mean(machine.busy)),
        own: points(({ machine }) => mean(machine.own)),
        steal: points(({ machine }) => mean(machine.steal)),
      },
    };
  }

  get #allVus(): number {
    return [...this.#vus.values()].reduce((sum, vus) => sum + vus, 0);
  }

  /** What lasts is there in every window that begins meanwhile. */
  #reach(t: number): void {
    const index = this.#indexOf(t);
    while (this.#reached < index) {
      const window = this.#windows[++this.#reached]!;
      window.vus = this.#allVus;
      window.underWay = this.#underWay;
    }
  }

  #at(t: number): Window {
    return this.#windows[this.#indexOf(t)]!;
  }

  #indexOf(t: number): number {
    const index = Math.floor((t - this.#fromMs) / this.#windowMs);
    return Math.min(this.#windows.length - 1, Math.max(0, index));
  }
}

const COUNTED: readonly RunEvent['type'][] = ['vus', 'call-started', 'call-ended', 'dropped-iterations'];

function emptyWindow(): Window {
  const counts = { vus: 0, underWay: 0, begun: 0, completed: 0, failed: 0, dropped: 0 };
  return { ...counts, machine: { busy: [], own: [], steal: [] } };
}

function trend(unit: string): MetricSink {
  return createSink({ type: 'trend', unit }, 0, EXACT_VALUES);
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
