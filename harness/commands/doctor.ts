import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { examine } from '../setup/doctor/examine.ts';
import { renderDoctor } from '../setup/doctor/render.ts';
import { SettingsReader } from '../config/given.ts';
import { readGridAddress } from '../config/grid-settings.ts';
import { ConfigError, type Problem } from '../errors.ts';
import type { GridAddress } from '../grid/address.ts';
import { printJson, type Flags, type Io } from './io.ts';

export type { DoctorReport } from '../setup/doctor/report.ts';

/**
 * Says what this machine can do, and the Grid that `--grid` names. 0 when p2p-call could run with at least one browser,
 * else 112.
 *
 * @throws ConfigError when the Grid's address is none
 */
export async function doctor(
  { json, flags = {} }: { json: boolean; flags?: Flags },
  io: Pick<Io, 'stdout' | 'stderr' | 'env'>,
): Promise<ExitCode> {
  const onProgress = (line: string) => io.stderr.write(`callrig: ${line}\n`);
  const report = await examine({ env: io.env, grid: gridIn(flags, io.env), onProgress });
  if (json) printJson(io, report);
  else io.stdout.write(renderDoctor(report, { color: io.stdout.isTTY === true && !io.env['NO_COLOR'] }));
  return report.canRun ? EXIT_CODES.passed : EXIT_CODES.environment;
}

function gridIn(flags: Flags, env: Io['env']): GridAddress | undefined {
  const problems: Problem[] = [];
  const reader = new SettingsReader({ flags, scenario: {}, config: {}, configName: '' }, problems);
  const address = readGridAddress(reader, { flags, env });
  if (problems.length > 0) throw new ConfigError(problems);
  return address;
}
