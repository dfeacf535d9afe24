import type { EventEmitter } from 'node:events';
import type { ImportModule } from '../scenario/import-file.ts';

/** A place to write text; a terminal says so and how wide it is. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** All a command knows of the process it runs in. */
export interface Io {
  /** The result, and nothing else. */
  stdout: Output;
  /** Progress and logs. */
  stderr: Output;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Emits `SIGINT`, `SIGTERM`, `SIGHUP`: the process. */
  signals: EventEmitter;
  /** Ends the process at once. */
  exit(code: number): void;
  /** Imports a user's TypeScript or JavaScript file, by its absolute path. */
  importModule: ImportModule;
}

/** Flags as yargs read them: by name without dashes in front (`stats-interval`), absent when not given. */
export type Flags = Readonly<Record<string, unknown>>;

/**
 * Where the user was: npm runs its scripts in the package's folder, wherever it was called from.
 *
 * @see https://docs.npmjs.com/cli/v10/commands/npm-run-script (INIT_CWD)
 */
export function foldersOf({ cwd, env }: Pick<Io, 'cwd' | 'env'>): { cwd: string; startedIn: string } {
  return { cwd, startedIn: env.INIT_CWD ?? cwd };
}

/** Writes the one document of a `--json` command. */
export function printJson(io: Pick<Io, 'stdout'>, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** A flag's text; `undefined` when it was not given. */
export function textOf(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

/** The texts of a flag that may be given more than once. */
export function textsOf(flags: Flags, name: string): string[] {
  const value = flags[name];
  return (Array.isArray(value) ? value : [value]).filter((text) => typeof text === 'string');
}

/** Whether to colour what goes there. @see https://no-color.org and https://force-color.org */
export function hasColor({ isTTY }: Output, env: Io['env']): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0';
  return isTTY === true && env.TERM !== 'dumb';
}
