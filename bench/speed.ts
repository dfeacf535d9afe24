import { fileURLToPath } from 'node:url';
import { findBrowsers } from '../harness/setup/find-browsers.mjs';
import { type Figure, median, time, timeScenario, type TimedRun } from './runs.ts';

const MINIMAL = fileURLToPath(new URL('./minimal-call.mjs', import.meta.url));
const ROUNDS = 5;

/** From the command to the first connected call, against a script that does only that; in turn, so that drift hits both. */
export async function benchFirstCall(): Promise<Figure[]> {
  const paths = findBrowsers({ wanted: ['chrome', 'firefox'] }).found.map(
    ({ executablePath }) => executablePath,
  );
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const minimal = await time(process.execPath, [MINIMAL, ...paths]);
    theirs.push(Number(minimal.stdout.trim()) - minimal.startMs);
    const run = await timeScenario(['--pairs', 'chrome:firefox', '--duration', '3s', '--quiet']);
    ours.push(connectedMs(run) - run.startMs);
  }
  const ratios = ours.map((ms, round) => ms / theirs[round]!);
  return [
    {
      name: 'command to first connected call, against a minimal puppeteer script',
      value: median(ratios),
      unit: '×',
      limit: 1.3,
      from: `medians of ${ROUNDS}: ${Math.round(median(ours))} ms (with npm) against ${Math.round(median(theirs))} ms`,
    },
  ];
}

/** When the first call's connect step ended: both sides were connected. */
function connectedMs({ records }: TimedRun): number {
  return records[0]!.steps.find(({ name }) => name === 'connect')!.endMs!;
}

/** The default p2p-call, against what it is made of: launching the browsers, and the calls from page to page. */
export async function benchWholeRun(): Promise<Figure[]> {
  const { startMs, endMs, records, run } = await timeScenario(['--quiet']);
  const events = [...run.events()];
  const started = events.find(({ type }) => type === 'browser-launching')!.t;
  const launched = Math.max(...events.filter(({ type }) => type === 'browser-launched').map(({ t }) => t));
  const launchMs = launched - started;
  const callsMs = records.reduce((sum, record) => sum + (record.endMs - record.startMs), 0);
  const scriptsMs = records.reduce((sum, { steps }) => sum + (steps.at(-1)!.endMs! - steps[0]!.startMs), 0);
  const wallMs = endMs - startMs;
  return [
    {
      name: 'the whole default p2p-call, against launch + calls',
      value: wallMs / (launchMs + callsMs),
      unit: '×',
      limit: 1.15,
      from: `${Math.round(wallMs)} ms against ${Math.round(launchMs)} + ${Math.round(callsMs)} ms (${Math.round(scriptsMs)} ms of it in scripts)`,
    },
  ];
}
