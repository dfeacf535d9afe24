import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/callrig.mjs', import.meta.url));

export interface CliRun extends AsyncDisposable {
  pid: number;
  /** Resolves when a line of stderr matches. Rejects if the process ends before. */
  sees(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with stdout as soon as it matches. Rejects if the process ends before. */
  prints(pattern: RegExp): Promise<string>;
  ended: Promise<{ exitCode: number | null; signal: string | null; stdout: string; stderr: string }>;
  kill(signal: NodeJS.Signals): void;
}

/** `callrig …` as a process of its own. It is killed with the value, should it still be there. */
export function startCli(args: string[], env: NodeJS.ProcessEnv = {}): CliRun {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GITHUB_STEP_SUMMARY: '', ...env },
  });
  let stdout = '';
  let stderr = '';
  const waiting = new Set<(line: string) => void>();
  const reading = new Set<() => void>();
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
    for (const look of reading) look();
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    stderr += `${line}\n`;
    for (const look of waiting) look(line);
  });
  const ended = once(child, 'close').then(([exitCode, signal]) => ({
    exitCode: exitCode as number | null,
    signal: signal as string | null,
    stdout,
    stderr,
  }));
  return {
    pid: child.pid!,
    ended,
    sees: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (line: string) => {
          const match = pattern.exec(line);
          if (match) resolve(match);
        };
        for (const line of stderr.split('\n')) look(line);
        waiting.add(look);
        void ended.then(() => reject(new Error(`it ended before ${pattern} was seen:\n${stderr}${stdout}`)));
      }),
    prints: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(stdout)) resolve(stdout);
        };
        reading.add(look);
        look();
        void ended.then(() =>
          reject(new Error(`it ended before it printed ${pattern}:\n${stderr}${stdout}`)),
        );
      }),
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A folder for runs that goes away with its test. */
export async function runsFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'callrig-runs-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
