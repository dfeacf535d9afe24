import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { RunResult } from '../harness/result.ts';
import { type Figure, ROOT } from './runs.ts';

const BOTS = 100;
/** What a core is to hold, at about 500 kbit/s each way. */
const BOTS_PER_CORE = 120;
const BROWSER_CALLS = 3;
const NOMINAL_FPS = 20;

/**
 * A hundred bots on one machine with six browser peers, and these six alone: what a bot costs, and whether the browsers
 * still send and decode their pictures.
 */
export async function benchBots(): Promise<Figure[]> {
  const beside = await measure(['--bots', String(BOTS)]);
  const alone = await measure([]);
  const bots = valuesOf(beside, 'bot', 'peer_cpu_cores');
  const bitrates = ['send_bitrate_bps', 'recv_bitrate_bps'].map((name) =>
    mean(valuesOf(beside, 'bot', name)),
  );
  const fps = {
    beside: mean(valuesOf(beside, 'chrome', 'fps_received')),
    alone: mean(valuesOf(alone, 'chrome', 'fps_received')),
  };
  const sent = mean(valuesOf(beside, 'chrome', 'fps_sent'));
  const cores = mean(bots);
  const at = bitrates.map((bps) => Math.round(bps / 1000)).join(' and ');
  return [
    {
      name: `cores of ${BOTS_PER_CORE} bots`,
      value: cores * BOTS_PER_CORE,
      unit: 'cores',
      limit: 1,
      from: `${bots.length} bots, ${at} kbit/s sent and received by each: ${Math.round(1 / cores)} bots per core`,
    },
    {
      name: `frames a second that ${2 * BROWSER_CALLS} browser peers beside ${BOTS} bots decode too few`,
      value: NOMINAL_FPS - fps.beside,
      unit: 'fps',
      limit: 1,
      from: `${fps.beside.toFixed(1)} fps, without bots ${fps.alone.toFixed(1)}; worst ${worst(beside)}`,
    },
    {
      name: 'frames that the browsers decode without bots, over those beside them',
      value: fps.alone / fps.beside,
      unit: '×',
      limit: 1.05,
      from: 'the same calls, one run after the other',
    },
    {
      name: 'share of the frames sent beside bots that nobody decoded',
      value: Math.max(0, 1 - fps.beside / sent),
      unit: '',
      limit: 0.05,
      from: `${fps.beside.toFixed(1)} of ${sent.toFixed(1)} fps; median host CPU ${(100 * (beside.metrics['host_cpu_ratio']?.med ?? NaN)).toFixed(0)} %`,
    },
  ];
}

/** The run's result, whatever its verdict: a machine at its limit makes it inconclusive. */
async function measure(args: string[]): Promise<RunResult> {
  const load = ['--pairs', 'chrome:chrome', '--vus', String(BROWSER_CALLS), '--hold', '15s', ...args];
  const command = ['run', '--silent', 'scenario', '--', 'p2p-call', '--quiet', '--json', ...load];
  const child = spawn('npm', command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const [stdout] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const result = JSON.parse(stdout) as Partial<RunResult>;
  if (!result.calls?.length) throw new Error(`p2p-call ${load.join(' ')} made no call:\n${stdout}`);
  return result as RunResult;
}

/** Of every peer in that browser. */
function valuesOf(result: RunResult, browser: string, metric: string): number[] {
  return result.calls.flatMap(({ peers }) =>
    Object.values(peers).flatMap((peer) => (peer.browser === browser ? (peer.metrics[metric] ?? []) : [])),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function worst(result: RunResult): string {
  return Math.min(...valuesOf(result, 'chrome', 'fps_received')).toFixed(1);
}
