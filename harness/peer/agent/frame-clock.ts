import type { PresentedFrames } from '../protocol.ts';

/** Times kept: eleven minutes at 30 frames a second. */
const KEPT = 20_000;
/** Trimmed in one go, as taking the first of many away costs as much as taking a thousand. */
const TRIMMED = 1000;

/** A stretch without a new frame, ms. */
export interface Gap {
  startMs: number;
  endMs: number;
  /** No frame has ended it: it lasts at least until `endMs`, when it was asked for. */
  open: boolean;
}

export interface GapQuestion {
  /** Gaps that ended before it do not count. Default: all that is kept. */
  sinceMs?: number | undefined;
  longerThanMs: number;
  nowMs: number;
}

/** When the frames of one video were presented: the newest 20 000 of them, all on one clock. */
export class FrameClock {
  readonly #startMs: number;
  #times: number[] = [];
  #waiting: { fromMs: number; resolve: (t: number) => void }[] = [];

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  get lastMs(): number | undefined {
    return this.#times.at(-1);
  }

  add(t: number): void {
    this.#times.push(t);
    if (this.#times.length >= KEPT + TRIMMED) this.#times.splice(0, TRIMMED);
    const due = this.#waiting.filter(({ fromMs }) => t >= fromMs);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter(({ fromMs }) => t < fromMs);
    for (const { resolve } of due) resolve(t);
  }

  /** Resolves with the time of the first frame that was or will be presented at `fromMs` or later. */
  after(fromMs: number): Promise<number> {
    const known = this.#times.find((t) => t >= fromMs);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve) => this.#waiting.push({ fromMs, resolve }));
  }

  /** Oldest first. A gap that began before `sinceMs` counts whole; before the first frame, from when the clock started. */
  gaps({ sinceMs = -Infinity, longerThanMs, nowMs }: GapQuestion): Gap[] {
    const gaps: Gap[] = [];
    const consider = (gap: Gap) => {
      if (gap.endMs > sinceMs && gap.endMs - gap.startMs > longerThanMs) gaps.push(gap);
    };
    for (let i = 1; i < this.#times.length; i++)
      consider({ startMs: this.#times[i - 1]!, endMs: this.#times[i]!, open: false });
    consider({ startMs: this.lastMs ?? this.#startMs, endMs: nowMs, open: true });
    return gaps;
  }
}

/** What several videos' clocks tell together. */
export function presentedFrames(clocks: readonly FrameClock[], question: GapQuestion): PresentedFrames {
  const gaps = clocks.flatMap((clock) => clock.gaps(question));
  const lasts = clocks.flatMap(({ lastMs }) => lastMs ?? []);
  return {
    videos: clocks.length,
    gaps: gaps.toSorted((a, b) => a.startMs - b.startMs),
    ...(lasts.length > 0 && { lastMs: Math.max(...lasts) }),
  };
}
