import type { RunEvent } from '../store/layout.ts';
import { isCi } from './environment.ts';
import { hasColor, type Io } from './io.ts';

/** How often the live view moves its times. */
const TICK_MS = 200;

export interface ShownProgress extends Disposable {
  onEvent: (event: RunEvent) => void;
}

export interface ProgressOptions {
  /** Show nothing but what a person has to act on. */
  quiet: boolean;
  warnings: readonly string[];
  io: Pick<Io, 'stderr' | 'env'>;
}

/** Shows a run on stderr while it goes on: live on a terminal, plain lines elsewhere and in CI. */
export async function openProgress({ quiet, warnings, io }: ProgressOptions): Promise<ShownProgress> {
  const { stderr, env } = io;
  for (const warning of warnings) stderr.write(`callrig: ${warning}\n`);
  if (quiet) return { onEvent: (event) => askPerson(event, stderr), [Symbol.dispose]: () => {} };
  const { createProgress } = await import('../../reports/terminal/progress.ts');
  const tty = stderr.isTTY === true && !isCi(env) && env.TERM !== 'dumb';
  const progress = createProgress({
    tty,
    write: (text) => void stderr.write(text),
    columns: () => stderr.columns ?? 80,
    now: Date.now,
    color: hasColor(stderr, env),
  });
  const timer = tty ? setInterval(() => progress.tick(), TICK_MS) : undefined;
  timer?.unref();
  return {
    onEvent: (event) => progress.handle(event),
    [Symbol.dispose]: () => {
      clearInterval(timer);
      progress.end();
    },
  };
}

/** Without the URL nobody could join: it is told however quiet the run is. */
function askPerson(event: RunEvent, stderr: Io['stderr']): void {
  if (event.type === 'manual-peer') stderr.write(`${event.role} joins at ${event.url}\n${event.qr}\n`);
}
