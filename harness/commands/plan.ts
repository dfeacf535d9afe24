import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { printJson, type Flags, type Io } from './io.ts';
import { prepareRun } from './prepare.ts';

/** Prints what `run` would do, as it would stand in plan.json; launches and writes nothing. */
export async function plan(flags: Flags, io: Io): Promise<ExitCode> {
  const prepared = await prepareRun(flags, io);
  for (const warning of prepared.warnings) io.stderr.write(`callrig: ${warning}\n`);
  printJson(io, prepared.plan);
  return EXIT_CODES.passed;
}
