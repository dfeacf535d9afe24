import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result.ts';
import type { Io } from './io.ts';

/** The machine that runs the peers, for the report and for whoever compares runs. */
export function describeEnvironment(
  env: Io['env'],
  { network, grid, options }: Partial<Pick<Plan, 'network' | 'grid' | 'options'>> = {},
): RunResult['environment'] {
  const cores = cpus();
  return {
    os: `${platform()} ${release()}`,
    arch: arch(),
    node: process.version,
    cpus: cores.length,
    cpuModel: cores[0]?.model.trim() ?? 'unknown',
    memoryBytes: totalmem(),
    ci: isCi(env),
    network: network?.level ?? 'loopback',
    ...(network?.why !== undefined && { networkWhy: network.why }),
    ...(options?.signaling && { signaling: options.signaling.name }),
    ...(grid && { grid: grid.url }),
  };
}

/** Whether a CI system says that it is one. */
export function isCi(env: Io['env']): boolean {
  return env.CI !== undefined && env.CI !== '' && env.CI !== 'false' && env.CI !== '0';
}
