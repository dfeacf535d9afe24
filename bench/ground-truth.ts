import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Problem } from '../harness/errors.ts';
import { AsyncStack } from '../harness/lifecycle/async-stack.ts';
import { Lab } from '../harness/network/lab/lab.ts';
import { parseNetwork } from '../harness/topology/parse.ts';
import {
  BLACKOUT,
  blackoutOf,
  figure,
  known,
  lateRateBps,
  LINES,
  probedRttMs,
} from '../test/helpers/known-line.ts';
import { tryScenario } from '../test/helpers/try-scenario.ts';
import { type Figure, median } from './runs.ts';

const LAB_ROUNDS = 5;

/** What calls over known lines say of them, apart from what the lab has there: round trip, loss, rate, a blackout. */
export async function benchTruth(): Promise<Figure[]> {
  return [
    await rttApart('chrome:chrome'),
    await rttApart('firefox:firefox'),
    ...(await lossApart()),
    ...(await rateOfNarrow()),
    await blackoutApart('chrome:firefox'),
    await blackoutApart('firefox:chrome'),
  ];
}

async function rttApart(pair: string): Promise<Figure> {
  await using run = await tryScenario(known({ link: LINES.slow, hold: '10s', picture: 'fake-device' }), {
    pairs: [pair],
  });
  const probedMs = await probedRttMs(run);
  const apart = ['caller', 'callee'].map((role) => Math.abs(figure(run, role, 'rtt_ms') - probedMs));
  return {
    name: `rtt_ms apart from the lab's own probe, ${pair}`,
    value: Math.max(...apart),
    unit: 'ms',
    limit: Math.round(10 * (3 + 0.05 * probedMs)) / 10,
    from: `the worse of two peers, 50 ms each way, ${probedMs.toFixed(1)} ms probed`,
  };
}

async function lossApart(): Promise<Figure[]> {
  await using run = await tryScenario(known({ link: LINES.lossy, hold: '60s' }), {
    pairs: ['chrome:firefox'],
  });
  return Object.entries({ Chrome: 'caller', Firefox: 'callee' }).map(([browser, role]) => ({
    name: `packet_loss_ratio apart from the line's 5 %, ${browser}`,
    value: 100 * Math.abs(figure(run, role, 'packet_loss_ratio') - 0.05),
    unit: 'points',
    limit: 1.5,
    from: '60 s, both ways',
  }));
}

async function rateOfNarrow(): Promise<Figure[]> {
  const scenario = {
    ...known({ link: LINES.narrow, hold: '32s' }),
    thresholds: { 'recv_bitrate_bps{role:callee}': ['max<1000000' as const] },
  };
  await using run = await tryScenario(scenario, { pairs: ['chrome:chrome'] });
  const [highest] = run.result.thresholds;
  return [
    {
      name: 'highest recv_bitrate_bps over a line of 1 Mbit/s',
      value: (highest?.actual ?? Infinity) / 1e6,
      unit: 'of the line',
      limit: 1,
      from: `${highest?.samples ?? 0} intervals, chrome:chrome, noise`,
    },
    {
      name: 'what is left unused of it after 20 s',
      value: 1 - (await lateRateBps(run)) / 1e6,
      unit: 'of the line',
      limit: 0.4,
      from: 'the last 10 s of 32',
    },
  ];
}

async function blackoutApart(pair: string): Promise<Figure> {
  await using run = await tryScenario(BLACKOUT, { pairs: [pair], options: { statsIntervalMs: 100 } });
  const { blackoutMs, gapMs } = await blackoutOf(run);
  return {
    name: `gap in what arrives apart from the blackout, ${pair}`,
    value: Math.abs(gapMs - blackoutMs),
    unit: 'ms',
    limit: 250,
    from: `a line dead for ${Math.round(blackoutMs)} ms`,
  };
}

/** How long the network of a call between two homes takes to be there, a process in each home included, and to be gone. */
export async function benchLab(): Promise<Figure[]> {
  const up: number[] = [];
  const down: number[] = [];
  for (let round = 0; round < LAB_ROUNDS; round++) {
    const { upMs, downMs } = await upAndDown();
    up.push(upMs);
    down.push(downMs);
  }
  const from = `median of ${LAB_ROUNDS}, two sites behind NATs`;
  return [
    { name: 'lab up', value: median(up) / 1000, unit: 's', limit: 2, from },
    { name: 'lab down', value: median(down) / 1000, unit: 's', limit: 1, from },
  ];
}

async function upAndDown(): Promise<{ upMs: number; downMs: number }> {
  const problems: Problem[] = [];
  const homes = { caller: { nat: 'port-restricted' }, callee: { nat: 'port-restricted' } } as const;
  const topology = parseNetwork(homes, { roles: Object.keys(homes), path: 'network' }, problems);
  if (!topology) throw new Error(JSON.stringify(problems));
  await using stack = new AsyncStack();
  const folder = await mkdtemp(join(tmpdir(), 'callrig-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const startMs = performance.now();
  const lab = stack.use(await Lab.open({ folder }));
  await lab.apply(topology);
  await Promise.all(topology.peers.map(({ role }) => lab.stationOf(role)));
  const upMs = performance.now();
  await lab[Symbol.asyncDispose]();
  return { upMs: upMs - startMs, downMs: performance.now() - upMs };
}
