import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Programs to own and to kill, in JavaScript; each runs until it is told to end. */
export const PROGRAMS = {
  /** Says that it is there, and no more. */
  idle: `console.log('idle'); setInterval(() => {}, 1e6);`,
  /** Starts a program that knows nothing of this one's arguments and ignores SIGTERM; says its pid when it does. */
  parent: `
    const { spawn } = require('node:child_process');
    const deaf = "process.on('SIGTERM', () => {}); console.log('child', process.pid); setInterval(() => {}, 1e6);";
    spawn(process.execPath, ['-e', deaf], { stdio: 'inherit' });
    setInterval(() => {}, 1e6);`,
} as const;

/** A folder that goes away with its test. */
export class TestFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'callrig-programs-'));

  file(name: string, text: string, mode = 0o644): string {
    const file = join(this.path, name);
    writeFileSync(file, text, { mode });
    return file;
  }

  /** A Node program as an executable file. */
  program(name: string, text: string): string {
    return this.file(name, `#!/usr/bin/env node\n${text}\n`, 0o755);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface StartedProgram extends AsyncDisposable {
  pid: number;
  /** The first line of stdout. */
  firstLine: string;
  ended: Promise<{ exitCode: number | null; signal: string | null }>;
}

/**
 * Starts a Node program as the leader of a process group, and waits for its first word. Killed with the value.
 *
 * @throws Error when it ends without a word.
 */
export async function startProgram(
  program: readonly string[],
  args: readonly string[] = [],
): Promise<StartedProgram> {
  const child = spawn(process.execPath, [...program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(child, 'exit').then(([exitCode, signal]) => ({
    exitCode: exitCode as number | null,
    signal: signal as string | null,
  }));
  const silent = ended.then((how) => Promise.reject(new Error(`it said nothing: ${JSON.stringify(how)}`)));
  silent.catch(() => {});
  const firstLine = await Promise.race([firstLineOf(child), silent]);
  return {
    pid: child.pid!,
    firstLine,
    ended,
    async [Symbol.asyncDispose]() {
      try {
        process.kill(-child.pid!, 'SIGKILL');
      } catch {
        // The group is gone already.
      }
      await ended;
    },
  };
}

async function firstLineOf({ stdout }: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: stdout! }), 'line')) as [string];
  return line;
}
