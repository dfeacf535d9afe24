import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { thisMachine } from '../harness/monitor/machine.ts';
import type { RunResult } from '../harness/result.ts';
import { type Figure, timeLoad } from './runs.ts';

/** Calls of two Chromes for each core: eight times what one holds. */
const CALLS_PER_CORE = 16;
/** As many processes as eight browsers with a page or two have. */
const PROCESSES = 64;
const LOOKS = 200;
/** Share of a core that watching the machine once a second may take, %. */
const MOST_COST = 0.5;

/**
 * Whether the harness admits that it was the bottleneck: far more calls than the machine holds must end inconclusive, not
 * failed and not passed; one call on the same machine must pass. And what watching the machine costs.
 */
export async function benchOverload(): Promise<Figure[]> {
  const cost = await monitorCost();
  const calls = CALLS_PER_CORE * availableParallelism();
  const over = await load(['--vus', String(calls), '--duration', '30s', '--hold', '20s']);
  const within = await load(['--vus', '1', '--duration', '15s', '--hold', '12s']);
  return [
    cost,
    verdict(`${calls} calls at a time for 30 s`, over, 'inconclusive'),
    verdict('one call at a time for 15 s', within, 'passed'),
  ];
}

async function load(args: string[]): Promise<RunResult> {
  const { result } = await timeLoad(['--pairs', 'chrome:chrome', '--quiet', ...args]);
  return result;
}

function verdict(what: string, { status, headline, generator }: RunResult, wanted: string): Figure {
  const isOfMachine = status !== 'inconclusive' || generator?.verdict === 'saturated';
  return {
    name: `${what}, ended otherwise than ${wanted}`,
    value: status === wanted && isOfMachine ? 0 : 1,
    unit: 'runs',
    limit: 0,
    from: headline,
  };
}

/** CPU of a look at the machine and at processes of this one's, as the share of a core that one a second takes. */
async function monitorCost(): Promise<Figure> {
  const children = Array.from({ length: PROCESSES }, () => spawn('sleep', ['600'], { stdio: 'ignore' }));
  try {
    const machine = thisMachine();
    await machine.read();
    const before = process.cpuUsage();
    for (let look = 0; look < LOOKS; look++) await machine.read();
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000 / LOOKS;
    return {
      name: 'CPU of watching the machine once a second',
      value: ms / 10,
      unit: '% of a core',
      limit: MOST_COST,
      from: `${ms.toFixed(2)} ms a look, with ${PROCESSES} processes to follow`,
    };
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
}
