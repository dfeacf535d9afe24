import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { examine } from '../setup/doctor/examine.ts';
import { renderDoctor } from '../setup/doctor/render.ts';
import { printJson, type Io } from './io.ts';

export type { DoctorReport } from '../setup/doctor/report.ts';

/** Says what this machine can do. 0 when p2p-call could run with at least one browser, else 112. */
export async function doctor(
  { json }: { json: boolean },
  io: Pick<Io, 'stdout' | 'stderr' | 'env'>,
): Promise<ExitCode> {
  const onProgress = (line: string) => io.stderr.write(`callrig: ${line}\n`);
  const report = await examine({ env: io.env, onProgress });
  if (json) printJson(io, report);
  else io.stdout.write(renderDoctor(report, { color: io.stdout.isTTY === true && !io.env['NO_COLOR'] }));
  return report.canRun ? EXIT_CODES.passed : EXIT_CODES.environment;
}
