import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { EXIT_CODES } from '../harness/exit-codes.ts';
import { Growth } from '../harness/metrics/growth.ts';
import { readJsonLines } from '../harness/store/lines.ts';
import { openRun } from '../harness/store/open-run.ts';
import { parseDuration } from '../harness/units.ts';
import { median, time } from './runs.ts';

const DEFAULT_DURATION = '30m';
/** Some calls at a time, one after another, so that whatever is kept of a call adds up. */
const LOAD = ['--pairs', 'bot:bot', '--vus', '8', '--hold', '3s', '--quiet'];
/** What the harness may surely have grown by in half an hour, as a share of what it had. */
const MOST_GROWTH = 0.05;
const HALF_AN_HOUR_MIN = 30;
/** Whose memory is judged, and whose is only told, by the file that Node was started with. */
const HARNESS = 'callrig.mjs';
const BOTS = 'bot-main.ts';
/** Memory is what this is about: calls that failed, or a busy machine, do not make it worth less. */
const EXITS = [EXIT_CODES.passed, EXIT_CODES.failed, EXIT_CODES.inconclusive];

/** A line of heap-left.mjs. */
interface Left {
  t: number;
  pid: number;
  main: string;
  /** What is left of the heap, and of buffers, when garbage was just collected. */
  leftBytes: number;
  rssBytes: number;
}

interface Soaked {
  calls: number;
  /** In the order of time. */
  left: Left[];
}

/**
 * `npm run soak [-- DURATION [flags of run]]`: calls for half an hour, or as long as one likes, and whether the harness's
 * memory grew. Flags take the place of calls of bots: `npm run soak -- 30m --pairs chrome:firefox --vus 2`.
 */
const [given = DEFAULT_DURATION, ...flags] = process.argv.slice(2);
const durationMs = parseDuration(given);
if (durationMs === undefined) {
  console.error(`soak: expected a duration like ${DEFAULT_DURATION}, got ${JSON.stringify(given)}`);
  process.exit(EXIT_CODES.usage);
}
const soaked = await soak(given, flags.length > 0 ? flags : LOAD);
const { isFlat, text } = judgeGrowth(soaked, durationMs);
console.log(`${isFlat === undefined ? '?' : isFlat ? '✓' : '✕'} ${text}`);
for (const line of botLines(soaked)) console.log(`  ${line}`);
if (isFlat === undefined) process.exitCode = EXIT_CODES.inconclusive;
else process.exitCode = isFlat ? EXIT_CODES.passed : EXIT_CODES.failed;

async function soak(duration: string, load: readonly string[]): Promise<Soaked> {
  const out = await mkdtemp(join(tmpdir(), 'callrig-soak-'));
  try {
    const file = join(out, 'left.jsonl');
    const preload = pathToFileURL(fileURLToPath(new URL('heap-left.mjs', import.meta.url)));
    preload.searchParams.set('to', file);
    const what = ['run', '--silent', 'scenario', '--', 'p2p-call', '--out', out, '--duration', duration];
    const env = { ...process.env, NODE_OPTIONS: `--import ${preload.href}` };
    await time('npm', [...what, ...load], { exits: EXITS, env });
    const run = await openRun(join(out, 'latest'));
    return { calls: (await run.callIds()).length, left: [...readJsonLines<Left>(file)] };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** While calls are made; then the judge takes what it needs. By the slope that 95 % of the evidence is above. */
function judgeGrowth({ calls, left }: Soaked, ms: number): { isFlat: boolean | undefined; text: string } {
  const own = left.filter(({ main }) => main === HARNESS);
  const startMs = own[0]?.t ?? NaN;
  const during = own.filter(({ t }) => t <= startMs + ms);
  const [first, last] = [during[0], during.at(-1)];
  if (!first || !last) return { isFlat: undefined, text: 'nothing was measured' };
  const growth = new Growth({ startMs, endMs: last.t + 1 });
  for (const { t, leftBytes } of during) growth.add(t, leftBytes);
  const perMinute = growth.perMinute();
  const minutes = ((last.t - startMs) / 60_000).toFixed(1);
  const span = `${calls} calls in ${minutes} min, ${describe(first, last)}`;
  if (perMinute === undefined) return { isFlat: undefined, text: `${span}: too short to tell` };
  const mean = during.reduce((sum, { leftBytes }) => sum + leftBytes, 0) / during.length;
  const share = (perMinute * HALF_AN_HOUR_MIN) / mean;
  const limit = `at most ${100 * MOST_GROWTH} %`;
  const text = `memory of the harness grows by at least ${(100 * share).toFixed(1)} % in half an hour (${limit}); ${span}`;
  return { isFlat: share <= MOST_GROWTH, text };
}

/** Their engines are others' code, with memory of their own. */
function botLines({ left }: Soaked): string[] {
  const pids = new Set(left.filter(({ main }) => main === BOTS).map(({ pid }) => pid));
  return [...pids].map((pid) => {
    const own = left.filter((each) => each.pid === pid);
    return `process of bots: ${describeSpan(own)}`;
  });
}

/** By medians of the first and the last tenth: what bots have at a moment depends on how many calls are under way. */
function describeSpan(own: readonly Left[]): string {
  const some = Math.ceil(own.length / 10);
  const medians = (part: readonly Left[]) => ({
    leftBytes: median(part.map(({ leftBytes }) => leftBytes)),
    rssBytes: median(part.map(({ rssBytes }) => rssBytes)),
  });
  return describe(medians(own.slice(0, some)), medians(own.slice(-some)));
}

function describe(
  first: Pick<Left, 'leftBytes' | 'rssBytes'>,
  last: Pick<Left, 'leftBytes' | 'rssBytes'>,
): string {
  const left = `${megabytes(first.leftBytes)} in use at first, ${megabytes(last.leftBytes)} at last`;
  return `${left} (resident ${megabytes(first.rssBytes)}, ${megabytes(last.rssBytes)})`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
