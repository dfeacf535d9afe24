import { CallrigError, ConfigError, renderProblem, toError } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { printJson, type Io } from './io.ts';

/**
 * Tells the user what ended a command, and with which code it ends. A stack trace only when `DEBUG` asks for Callrig's;
 * with `json` one document on stdout: `{ "error": { code, message, problems, hint } }`.
 */
export function printError(thrown: unknown, io: Io, { json }: { json: boolean }): ExitCode {
  const error = toError(thrown);
  if (json) printJson(io, { error: toDocument(error) });
  else io.stderr.write(`${renderError(error)}\n`);
  if (isDebugging(io.env.DEBUG)) io.stderr.write(`${renderStack(error)}\n`);
  return error instanceof CallrigError ? error.exitCode : EXIT_CODES.environment;
}

function renderError(error: Error): string {
  if (error instanceof ConfigError) return renderProblems(error);
  if (error instanceof CallrigError)
    return `callrig: ${error.message}${error.hint ? `\n  ${error.hint}` : ''}`;
  return `callrig: internal error: ${error.message}\n  This is a defect of Callrig. Run again with DEBUG=callrig:* for the stack trace.`;
}

function renderProblems({ problems }: ConfigError): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  return [`callrig: ${count}`, ...problems.map((problem) => `  ${renderProblem(problem)}`)].join('\n');
}

function toDocument(error: Error): Record<string, unknown> {
  if (!(error instanceof CallrigError)) return { code: 'INTERNAL', message: error.message, problems: [] };
  const problems = error instanceof ConfigError ? error.problems : [];
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return { code: error.code, message: error.message, problems, ...hint };
}

function renderStack(error: Error): string {
  const cause = error.cause === undefined ? '' : `\ncaused by ${renderStack(toError(error.cause))}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** Whether `DEBUG` (as the debug package reads it) names Callrig. */
function isDebugging(debug: string | undefined): boolean {
  return (debug ?? '').split(/[\s,]+/).some((name) => name === '*' || /^callrig(:|$)/.test(name));
}
