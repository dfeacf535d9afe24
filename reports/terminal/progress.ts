import picocolors from 'picocolors';
import type { RunEvent } from '../../harness/store/layout.ts';
import { liveLines, permanentLines } from './progress-lines.ts';
import { advance, NOTHING_YET } from './progress-state.ts';

export interface ProgressOptions {
  /** Draws a live view over itself; otherwise plain lines with the time since the start. */
  tty: boolean;
  /** Takes text for stderr. */
  write: (text: string) => void;
  /** Width of the terminal, asked before every drawing, as it may change. */
  columns: () => number;
  /** Epoch ms. */
  now: () => number;
  color?: boolean;
}

export interface Progress {
  handle(event: RunEvent): void;
  /** Draws the live view again, so that its times move; call it as often as they should. Nothing without a TTY. */
  tick(): void;
  /** Takes the live view away. What was printed for good stays. */
  end(): void;
}

/** Up to the first line of what was drawn, and everything below erased (ECMA-48 CUU, ED). */
const rewind = (lines: number) => (lines === 0 ? '' : `\u001b[${lines}A\r\u001b[J`);

/** Tells a run's events as they come. Sets no timers and touches no stream: both are the caller's. */
export function createProgress({ tty, write, columns, now, color = tty }: ProgressOptions): Progress {
  const colors = picocolors.createColors(color);
  let state = NOTHING_YET;
  let drawn = 0;

  const draw = (permanent: readonly string[]) => {
    const live =
      state.startedAt === undefined ? [] : liveLines(state, now(), Math.max(20, columns()), colors);
    write(rewind(drawn) + [...permanent, ...live].map((line) => `${line}\n`).join(''));
    drawn = live.length;
  };
  const print = (permanent: readonly string[]) => {
    const clock = stopwatch(Math.max(0, now() - (state.startedAt ?? now())));
    for (const line of permanent) write(`[${clock}] ${line}\n`);
  };

  return {
    handle(event) {
      const permanent = permanentLines(event, state, colors, tty);
      state = advance(state, event);
      if (tty) draw(permanent);
      else print(permanent);
    },
    tick() {
      if (tty && drawn > 0) draw([]);
    },
    end() {
      if (drawn > 0) write(rewind(drawn));
      drawn = 0;
    },
  };
}

/** `01:05`. */
function stopwatch(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return [Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
