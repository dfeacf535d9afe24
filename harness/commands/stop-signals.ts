import type { EventEmitter } from 'node:events';
import { EXIT_CODES } from '../exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C under npm arrives twice: from the terminal to the whole process group, and from npm, which passes it on. */
const SAME_KEY_PRESS_MS = 1000;

export interface StopSignals extends Disposable {
  /** Aborted by the first signal, with its name as the reason. */
  readonly signal: AbortSignal;
  /** Stops for another reason than a signal from outside. */
  stop(reason: unknown): void;
}

export interface StopOptions {
  signals: EventEmitter;
  /** Called on a second signal: whoever sends it does not want to wait. */
  exit: (code: number) => void;
  /** Monotonic, ms. */
  now?: () => number;
}

/** Turns the signals that end a process into an `AbortSignal`, until it is disposed. */
export function listenForStop({ signals, exit, now = () => performance.now() }: StopOptions): StopSignals {
  const abort = new AbortController();
  let firstAt: number | undefined;
  const onSignal = (name: string): void => {
    if (firstAt === undefined) {
      firstAt = now();
      abort.abort(name);
    } else if (now() - firstAt >= SAME_KEY_PRESS_MS) exit(EXIT_CODES.aborted);
  };
  for (const name of SIGNALS) signals.on(name, onSignal);
  return {
    signal: abort.signal,
    stop: (reason) => abort.abort(reason),
    [Symbol.dispose]: () => {
      for (const name of SIGNALS) signals.off(name, onSignal);
    },
  };
}
