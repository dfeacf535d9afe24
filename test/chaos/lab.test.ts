import { readFile } from 'node:fs/promises';
import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { temporaryHome } from '../../harness/lifecycle/leftovers.mjs';
import { RunResult } from '../../harness/result.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import turnFallback from '../../scenarios/turn-fallback.ts';
import { runsFolder, startCli } from '../helpers/cli.ts';
import { labTest } from '../helpers/lab.ts';
import { commandLine, descendants, goneWithin } from '../helpers/processes.ts';
import { tryScenario } from '../helpers/try-scenario.ts';

const HOLDING = /: hold$/;
/** What a lab with a TURN server is made of, and a browser in it. */
const PARTS = [/^unshare /, /station-main/, /turnserver/, /chrom/, /dumpcap/];

function aLabRun(runs: string) {
  const words =
    'run turn-fallback --network lab --only relay-udp --pairs chrome:chrome --pcap --duration 60s';
  return startCli([...words.split(' '), '--iterations', '1', '--out', runs]);
}

/** Network namespaces the processes are in, but for this one's own. */
function namespacesOf(pids: readonly number[]): string[] {
  const own = readlinkSync('/proc/self/ns/net');
  const found = pids.flatMap((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/ns/net`);
    } catch {
      return [];
    }
  });
  return [...new Set(found)].filter((each) => each !== own);
}

const everybody = () => readdirSync('/proc').map(Number).filter(Boolean);

/** What `ip netns` of this machine knows, and its network interfaces: none of it is a lab's. */
function seenOutside(): string[] {
  const names = (folder: string) => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  return [...names('/run/netns'), ...names('/sys/class/net')];
}

/** Nothing of a run that held a lab may be left. */
async function expectNothingLeft(pid: number, started: number[], inside: string[], before: string[]) {
  expect(await goneWithin(started, 5000)).toEqual([]);
  expect(namespacesOf(everybody()).filter((each) => inside.includes(each))).toEqual([]);
  expect(seenOutside()).toEqual(before);
  expect(readdirSync(temporaryHome()).filter((name) => name.startsWith(`run-${pid}-`))).toEqual([]);
}

describe.for(['SIGINT', 'SIGTERM'] as const)(
  'callrig run stopped by %s in the middle of a lab’s call',
  (signal) => {
    labTest('keeps what it has, exits 105, and the lab is gone', async () => {
      const before = seenOutside();
      await using runs = await runsFolder();
      await using cli = aLabRun(runs.path);
      await cli.sees(HOLDING);
      const started = descendants(cli.pid);
      const inside = namespacesOf(started);
      const lines = started.map(commandLine);
      for (const part of PARTS) expect(lines.some((line) => part.test(line))).toBe(true);
      // The keeper's, the internet's and the two peers'.
      expect(inside.length).toBeGreaterThanOrEqual(4);
      cli.kill(signal);
      const { exitCode } = await cli.ended;
      expect(exitCode).toBe(105);
      await expectNothingLeft(cli.pid, started, inside, before);
      const text = await readFile(join(runs.path, 'latest/result.json'), 'utf8');
      const result = RunResult.parse(JSON.parse(text));
      expect(result).toMatchObject({
        exitCode: 105,
        aborted: signal,
        calls: [{ network: { level: 'lab' } }],
      });
      expect(result.metrics['connect_ms']?.samples).toBeGreaterThan(0);
      const [call] = result.calls;
      expect((await readFile(join(runs.path, 'latest', call!.network!.captures[0]!))).length).toBeGreaterThan(
        1000,
      );
    });
  },
);

describe('callrig run killed with SIGKILL in the middle of a lab’s call', () => {
  labTest('takes all of the lab with it', async () => {
    const before = seenOutside();
    await using runs = await runsFolder();
    await using cli = aLabRun(runs.path);
    await cli.sees(HOLDING);
    const started = descendants(cli.pid);
    const inside = namespacesOf(started);
    cli.kill('SIGKILL');
    await cli.ended;
    await expectNothingLeft(cli.pid, started, inside, before);
  });

  labTest('leaves only a folder if its watchdog was killed too, which the next run removes', async () => {
    const before = seenOutside();
    await using runs = await runsFolder();
    await using cli = aLabRun(runs.path);
    await cli.sees(HOLDING);
    const started = descendants(cli.pid);
    const inside = namespacesOf(started);
    const [watchdog] = started.filter((pid) => commandLine(pid).includes('watchdog'));
    process.kill(watchdog!, 'SIGKILL');
    cli.kill('SIGKILL');
    await cli.ended;
    expect(await goneWithin(started, 5000)).toEqual([]);
    await using next = startCli([
      ...'run turn-fallback --network lab --only srflx --pairs chrome:chrome'.split(' '),
      ...`--iterations 1 --duration 3s --stats-interval 500ms --out ${runs.path}`.split(' '),
    ]);
    await next.sees(/removed what a killed run left/);
    const { exitCode, stdout } = await next.ended;
    expect(exitCode, stdout).toBe(0);
    await expectNothingLeft(cli.pid, started, inside, before);
  });
});

/** Does something once, when the first call is at its hold. */
function atFirstHold(act: () => void): (event: RunEvent) => void {
  return (event) => {
    if (event.type === 'step-started' && event.step === 'hold' && event.call.startsWith('001')) act();
  };
}

function kill(pattern: RegExp): void {
  for (const pid of descendants(process.pid)) {
    if (pattern.test(commandLine(pid))) process.kill(pid, 'SIGKILL');
  }
}

const TWO_CALLS = { pairs: ['chrome:chrome'], network: 'lab', options: { iterations: 2 } } as const;

describe('a run in the lab whose parts are killed in the middle of a call', () => {
  labTest('errors the call and goes on in a new lab if it was the keeper', async () => {
    await using run = await tryScenario(turnFallback, {
      ...TWO_CALLS,
      pairs: ['chrome:chrome'],
      only: ['relay-udp'],
      onEvent: atFirstHold(() => kill(/^unshare .*--kill-child/)),
    });
    expect(run.result).toMatchObject({
      status: 'errored',
      exitCode: 112,
      calls: [{ status: 'errored', phase: 'network' }, { status: 'passed' }],
    });
    const [first, second] = run.result.calls;
    expect(first!.headline).toMatch(/the lab's keeper died \(pid \d+, killed by SIGKILL\)/);
    expect(first!.reasons[0]).toMatchObject({ name: 'LAB_DIED' });
    // Its own network, measured anew.
    expect(second!.network?.links.every(({ problem }) => problem === undefined)).toBe(true);
  });

  labTest('errors the call and starts another one for the next if it was the TURN server', async () => {
    await using run = await tryScenario(turnFallback, {
      ...TWO_CALLS,
      pairs: ['chrome:chrome'],
      only: ['relay-udp'],
      onEvent: atFirstHold(() => kill(/turnserver -c/)),
    });
    expect(run.events.filter(({ type }) => type === 'turn-died')).toHaveLength(1);
    expect(run.events.filter(({ type }) => type === 'turn-started')).toHaveLength(2);
    expect(run.result).toMatchObject({
      status: 'errored',
      exitCode: 112,
      calls: [{ status: 'errored', phase: 'network' }, { status: 'passed' }],
    });
    expect(run.result.calls[0]!.headline).toContain("the run's TURN server died");
  });

  labTest('errors the call and launches another one in its place if it was a browser', async () => {
    let pid: number | undefined;
    const act = atFirstHold(() => process.kill(-pid!, 'SIGKILL'));
    await using run = await tryScenario(turnFallback, {
      ...TWO_CALLS,
      pairs: ['chrome:firefox'],
      only: ['direct'],
      onEvent: (event) => {
        if (event.type === 'browser-launched' && event.browser === 'firefox') pid ??= event.pid;
        act(event);
      },
    });
    expect(run.events.filter(({ type }) => type === 'browser-died')).toMatchObject([{ browser: 'firefox' }]);
    expect(run.result).toMatchObject({
      status: 'errored',
      exitCode: 112,
      calls: [{ status: 'errored', phase: 'agent' }, { status: 'passed' }],
    });
  });
});
