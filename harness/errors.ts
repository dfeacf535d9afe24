import { inspect } from 'node:util';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';

/** One thing wrong with the input: where, what was expected, what came, what to do. */
export interface Problem {
  /** Where, in the words of who wrote it: `--pairs[1]`, `thresholds.connect_ms[0]`, `scenarios/x.ts: roles`. */
  path: string;
  expected: string;
  /** What came, printable. */
  got: string;
  /** What the reader can do, as a sentence without the leading dash. */
  hint?: string;
}

export interface CallrigErrorOptions {
  /** Stable, for programs: `BROWSER_NOT_FOUND`, `PEER_TIMEOUT`. */
  code: string;
  /** What the reader can do about it. */
  hint?: string;
  /** Facts: pid, exit code, last states, the last lines of stderr. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

/** Base of everything Callrig throws on purpose. The message says what happened; `hint` what to do. */
export class CallrigError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly details: Record<string, unknown>;
  /** What the process exits with when this error ends the command. */
  readonly exitCode: ExitCode = EXIT_CODES.environment;

  constructor(message: string, { code, hint, details = {}, cause }: CallrigErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
    this.details = details;
  }
}

/** The input cannot be run. Carries every problem found, never just the first. Exit code 104. */
export class ConfigError extends CallrigError {
  readonly problems: readonly Problem[];
  override readonly exitCode = EXIT_CODES.usage;

  constructor(problems: readonly Problem[]) {
    super(problems.map(renderProblem).join('\n'), { code: 'CONFIG_INVALID', details: { problems } });
    this.problems = problems;
  }
}

/** A browser is missing, did not start, or died. */
export class BrowserError extends CallrigError {}

/** A peer's page answered a command with an error, closed its control channel, or lost its page. */
export class PeerError extends CallrigError {}

/** The signaling server refused or lost something. */
export class SignalingError extends CallrigError {}

/** A port, an address, a TURN server or a lab network was not to be had. */
export class NetworkError extends CallrigError {}

/** What was awaited did not come in time. The message names it and what was seen last. */
export class TimeoutError extends CallrigError {}

/** The run's folder cannot be written or read: no permission, no space, not a run. */
export class StoreError extends CallrigError {}

/** The scenario's own script threw. Exit code 107. */
export class ScriptError extends CallrigError {
  override readonly exitCode = EXIT_CODES.script;
}

/** `path: expected E, got G — hint.` */
export function renderProblem({ path, expected, got, hint }: Problem): string {
  return `${path}: expected ${expected}, got ${got}${hint ? ` — ${hint}` : ''}`;
}

/** Anything thrown, as an `Error`. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : inspect(thrown));
}
