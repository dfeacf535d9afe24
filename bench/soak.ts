import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallRecord } from '../harness/call-record.ts';
import { EXIT_CODES } from '../harness/exit-codes.ts';
import { Growth } from '../harness/metrics/growth.ts';
import { openRun } from '../harness/store/open-run.ts';
import { parseDuration } from '../harness/units.ts';
import { time } from './runs.ts';

const DEFAULT_DURATION = '30m';
/** Some calls at a time, one after another, so that whatever is kept of a call adds up. */
const LOAD = ['--pairs', 'bot:bot', '--vus', '8', '--hold', '3s', '--quiet'];
/** What the harness may surely have grown by in half an hour, as a share of what it had. */
const MOST_GROWTH = 0.05;
const HALF_AN_HOUR_MIN = 30;

interface Soaked {
  calls: number;
  startMs: number;
  endMs: number;
  /** Of the harness's own process. */
  memory: { t: number; bytes: number }[];
}

/**
 * `npm run soak [-- DURATION [flags of run]]`: calls for half an hour, or as long as one likes, and whether the harness's
 * memory grew. Flags take the place of calls of bots: `npm run soak -- 30m --pairs chrome:firefox --vus 2`.
 */
const [given = DEFAULT_DURATION, ...flags] = process.argv.slice(2);
if (parseDuration(given) === undefined) {
  console.error(`soak: expected a duration like ${DEFAULT_DURATION}, got ${JSON.stringify(given)}`);
  process.exit(EXIT_CODES.usage);
}
const soaked = await soak(given, flags.length > 0 ? flags : LOAD);
const { isFlat, text } = judgeGrowth(soaked);
console.log(`${isFlat === undefined ? '?' : isFlat ? '✓' : '✕'} ${text}`);
if (isFlat === undefined) process.exitCode = EXIT_CODES.inconclusive;
else process.exitCode = isFlat ? EXIT_CODES.passed : EXIT_CODES.failed;

async function soak(duration: string, load: readonly string[]): Promise<Soaked> {
  const out = await mkdtemp(join(tmpdir(), 'callrig-soak-'));
  try {
    const args = ['run', '--silent', 'scenario', '--', 'p2p-call', '--out', out, '--duration', duration, ...load];
    const { startMs, endMs } = await time('npm', args);
    const run = await openRun(join(out, 'latest'));
    const memory: Soaked['memory'] = [];
    let calls = 0;
    for await (const record of run.records()) {
      calls++;
      memory.push(...memoryIn(record));
    }
    return { calls, startMs, endMs, memory: memory.toSorted((a, b) => a.t - b.t) };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

function memoryIn({ host }: CallRecord): Soaked['memory'] {
  return host.map(({ t, harnessRssBytes }) => ({ t, bytes: harnessRssBytes }));
}

/** By the slope that 95 % of the evidence is above: garbage that waits, or a busy machine, is no leak. */
function judgeGrowth({ calls, memory }: Soaked): { isFlat: boolean | undefined; text: string } {
  const [first, last] = [memory[0], memory.at(-1)];
  if (!first || !last) return { isFlat: undefined, text: 'no call was measured' };
  const growth = new Growth({ startMs: first.t, endMs: last.t + 1 });
  for (const { t, bytes } of memory) growth.add(t, bytes);
  const perMinute = growth.perMinute();
  const minutes = ((last.t - first.t) / 60_000).toFixed(1);
  const span = `${calls} calls in ${minutes} min, ${megabytes(first.bytes)} at first, ${megabytes(last.bytes)} at last`;
  if (perMinute === undefined) return { isFlat: undefined, text: `${span}: too short to tell` };
  const mean = memory.reduce((sum, { bytes }) => sum + bytes, 0) / memory.length;
  const share = (perMinute * HALF_AN_HOUR_MIN) / mean;
  const limit = `at most ${100 * MOST_GROWTH} %`;
  const text = `memory of the harness grows by at least ${(100 * share).toFixed(1)} % in half an hour (${limit}); ${span}`;
  return { isFlat: share <= MOST_GROWTH, text };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
