import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { chooseEmulator } from '../../harness/network/impairment/choose-emulator.ts';
import type { CableDirection, LinkEmulator } from '../../harness/network/impairment/emulator.ts';
import { isNetemHere, openNetem } from '../../harness/network/impairment/netem.ts';
import { verifyLink, verifyQuickly } from '../../harness/network/impairment/verify-link.ts';
import { openWirefilter } from '../../harness/network/impairment/wirefilter.ts';
import type { Impairment } from '../../harness/topology/topology.ts';
import { CABLE, type Impairments, openTestCable, type TestCable } from '../helpers/cable.ts';
import { labTest } from '../helpers/lab.ts';

const UNIMPAIRED: Impairments = { 'a-to-b': {}, 'b-to-a': {} };
const DIRECTIONS: readonly CableDirection[] = ['a-to-b', 'b-to-a'];

/** What the probe says against what was configured, by direction. */
async function problems(cable: TestCable, configured: Impairments): Promise<(string | undefined)[]> {
  const measured = await cable.probe.measure(configured);
  return DIRECTIONS.map((direction) => verifyLink(configured[direction], measured[direction]));
}

async function quickProblems(cable: TestCable, configured: Impairments): Promise<(string | undefined)[]> {
  const measured = await cable.probe.quickCheck(configured);
  return DIRECTIONS.map((direction) => verifyQuickly(configured[direction], measured[direction]));
}

/** An emulator that lays cables and then does nothing, or the wrong thing. */
function broken(emulator: LinkEmulator, set: LinkEmulator['set']): LinkEmulator {
  return {
    name: emulator.name,
    isSeeded: emulator.isSeeded,
    lay: (cables) => emulator.lay(cables),
    set,
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

const none = [undefined, undefined];

describe('Wirefilter.set()', () => {
  labTest.for<[string, Impairment, Impairment]>([
    ['a delay of 50 ms', { delayMs: 50 }, {}],
    ['different delays each way', { delayMs: 100 }, { delayMs: 10 }],
    ['5 % loss one way', { lossRatio: 0.05 }, {}],
    ['20 % loss the other way', {}, { lossRatio: 0.2 }],
    ['1 Mbit/s one way', { rateBps: 1e6 }, {}],
    ['300 kbit/s and 10 Mbit/s', { rateBps: 3e5 }, { rateBps: 1e7 }],
    ['an outage one way', {}, { outage: true }],
    ['jitter of 10 ms', { delayMs: 50, jitterMs: 10 }, {}],
    ['all of it at once', { rateBps: 2e6, delayMs: 40, jitterMs: 5, lossRatio: 0.02 }, { delayMs: 20 }],
  ])('makes %s, and nothing else', async ([_, up, down]) => {
    await using cable = await openTestCable(openWirefilter);
    const configured = { 'a-to-b': up, 'b-to-a': down };
    await cable.set(configured);
    expect(await problems(cable, configured)).toEqual(none);
  });

  labTest('loses packets in runs of the mean length asked for', async () => {
    await using cable = await openTestCable(openWirefilter);
    const configured = { 'a-to-b': { lossRatio: 0.2, lossBurst: 4 }, 'b-to-a': { lossRatio: 0.2 } };
    await cable.set(configured);
    const measured = await cable.probe.measure(configured);
    // 1200 packets have about 60 runs of a geometric length with mean 4: its mean strays by 0.45 (one sigma).
    expect(measured['a-to-b'].lossBurst).toBeGreaterThan(2.4);
    expect(measured['a-to-b'].lossBurst).toBeLessThan(6);
    // Single losses are next to each other by chance: 1 / (1 - 0.2) = 1.25, of 32 runs.
    expect(measured['b-to-a'].lossBurst).toBeLessThan(1.8);
    expect(DIRECTIONS.map((each) => verifyLink(configured[each], measured[each]))).toEqual(none);
  });

  labTest('sends the share of packets twice that was asked for', async () => {
    await using cable = await openTestCable(openWirefilter);
    const configured = { 'a-to-b': { duplicateRatio: 0.1 }, 'b-to-a': {} };
    await cable.set(configured);
    const measured = await cable.probe.measure(configured);
    // Of 400 packets: 0.11 ± 0.018 (one sigma), as copies are drawn for copies, too.
    expect(measured['a-to-b'].duplicateRatio).toBeGreaterThan(0.05);
    expect(measured['a-to-b'].duplicateRatio).toBeLessThan(0.18);
    expect(measured['b-to-a'].duplicateRatio).toBe(0);
  });

  labTest('changes a cable at run time, as a quick check sees, and undoes it', async () => {
    await using cable = await openTestCable(openWirefilter);
    const steps: Impairments[] = [
      { 'a-to-b': { delayMs: 200 }, 'b-to-a': { delayMs: 5 } },
      { 'a-to-b': { outage: true }, 'b-to-a': { outage: true } },
      { 'a-to-b': { delayMs: 20, rateBps: 3e5 }, 'b-to-a': {} },
      UNIMPAIRED,
    ];
    for (const configured of steps) {
      await cable.set(configured);
      expect(await quickProblems(cable, configured)).toEqual(none);
    }
    expect(await problems(cable, UNIMPAIRED)).toEqual(none);
  });

  labTest('still carries packets after both directions were flooded at once', async () => {
    await using cable = await openTestCable(openWirefilter);
    const limited = { 'a-to-b': { rateBps: 5e7, delayMs: 5 }, 'b-to-a': { rateBps: 5e7, delayMs: 5 } };
    await cable.set(limited);
    // As fast as it goes: pipes fill, queues overflow.
    const flood = { count: 3000, payloadBytes: 1200, everyUs: 20 };
    for (let round = 0; round < 4; round++) await cable.probe.measureTrain(flood, limited);
    await cable.set(UNIMPAIRED);
    expect(await problems(cable, UNIMPAIRED)).toEqual(none);
  });

  labTest('rejects with NetworkError if wirefilter cannot do it', async () => {
    await using cable = await openTestCable(openWirefilter);
    await expect(
      cable.set({ 'a-to-b': { reorderRatio: 0.1, delayMs: 20 }, 'b-to-a': {} }),
    ).rejects.toMatchObject({
      name: 'NetworkError',
      code: 'IMPAIRMENT_UNSUPPORTED',
      message: expect.stringContaining('cannot reorder'),
    });
  });

  labTest('rejects with NetworkError if the wirefilter has died', async () => {
    await using cable = await openTestCable(openWirefilter);
    await cable.keeper.run(
      'for dir in /proc/[0-9]*; do case $(cat $dir/comm) in wirefilter) kill -9 ${dir#/proc/};; esac; done',
    );
    await expect(cable.set({ 'a-to-b': { delayMs: 20 }, 'b-to-a': {} })).rejects.toMatchObject({
      name: 'NetworkError',
      code: 'LINK_EMULATOR',
    });
  });
});

describe('Wirefilter.lay()', () => {
  labTest('lays twelve cables within 2 s, and leaves nothing when it closes', async () => {
    let left: string;
    {
      await using cable = await openTestCable(openWirefilter);
      left = cable.folder;
      const cables = Array.from({ length: 12 }, (_, index) => ({
        name: `more-${index}`,
        a: { namespace: 'left', interface: `ma${index}` },
        b: { namespace: 'right', interface: `mb${index}` },
      }));
      const start = performance.now();
      await cable.emulator.lay(cables);
      // 0.2 s near idle; two processes are started for each direction.
      expect(performance.now() - start).toBeLessThan(2000);
      // Thirteen cables with a plug at each end and a filter for each direction.
      const running = processesIn(left);
      expect(running.filter((name) => name === 'wirefilter')).toHaveLength(26);
      expect(running.filter((name) => name === 'vde_plug2tap')).toHaveLength(26);
    }
    expect(processesIn(left)).toEqual([]);
    expect(existsSync(left)).toBe(false);
  });

  labTest('leaves no process that never rests if an interface is taken away', async () => {
    await using cable = await openTestCable(openWirefilter);
    await cable.keeper.run('ip -n left link del a0');
    const isEnded = () => processesIn(cable.folder).filter((name) => name === 'vde_plug2tap').length < 2;
    // The kernel ends it after 2 s of its own time, if it may run in real time at all.
    const hasRealTime = await cable.keeper.run('chrt -f 1 true && echo yes || true');
    if (hasRealTime.trim() === 'yes') await expect.poll(isEnded, { timeout: 20_000 }).toBe(true);
  });

  labTest('rejects with NetworkError if an interface is there already', async () => {
    await using cable = await openTestCable(openWirefilter);
    await expect(cable.emulator.lay([{ ...CABLE, name: 'again' }])).rejects.toMatchObject({
      name: 'NetworkError',
      code: 'LAB_COMMAND_FAILED',
    });
  });
});

describe('chooseEmulator()', () => {
  labTest('takes netem if the kernel has it, else wirefilter', async () => {
    let hasNetem: boolean | undefined;
    await using cable = await openTestCable(async ({ keeper, folder }) => {
      hasNetem = await isNetemHere(keeper);
      return (await chooseEmulator({ keeper, folder, seed: 7 })) ?? expect.fail('there is no emulator');
    });
    expect(cable.emulator.name).toBe(hasNetem ? 'netem' : 'wirefilter');
    const configured = { 'a-to-b': { delayMs: 30, lossRatio: 0.1 }, 'b-to-a': { rateBps: 2e6 } };
    await cable.set(configured);
    expect(await problems(cable, configured)).toEqual(none);
  });
});

describe('Netem', () => {
  labTest('lays cables of the kernel, and rejects with NetworkError if the kernel has no netem', async () => {
    await using cable = await openTestCable(openNetem);
    expect(await problems(cable, UNIMPAIRED)).toEqual(none);
    const hasNetem = await isNetemHere(cable.keeper);
    const set = cable.emulator.set(CABLE, 'a-to-b', { delayMs: 30 });
    if (hasNetem) await expect(set).resolves.toBeUndefined();
    else await expect(set).rejects.toMatchObject({ name: 'NetworkError', code: 'LAB_COMMAND_FAILED' });
  });
});

describe('verifyLink()', () => {
  labTest('names what is not in effect if the emulator does nothing', async () => {
    await using cable = await openTestCable(async (options) =>
      broken(await openWirefilter(options), () => Promise.resolve()),
    );
    const configured = { 'a-to-b': { delayMs: 50 }, 'b-to-a': { lossRatio: 0.05 } };
    await cable.set(configured);
    expect(await problems(cable, configured)).toEqual([
      expect.stringContaining('delay was to be 50 ms'),
      expect.stringContaining('loss was to be 5 %, measured 0 %'),
    ]);
    const others = { 'a-to-b': { rateBps: 1e6 }, 'b-to-a': { outage: true as const } };
    expect(await problems(cable, others)).toEqual([
      expect.stringContaining('rate was to be 1000 kbit/s'),
      expect.stringContaining('an outage was configured'),
    ]);
  });

  labTest('names both directions if the emulator takes one for the other', async () => {
    await using cable = await openTestCable(async (options) => {
      const emulator = await openWirefilter(options);
      return broken(emulator, (which, direction, impairment) =>
        emulator.set(which, direction === 'a-to-b' ? 'b-to-a' : 'a-to-b', impairment),
      );
    });
    const configured = { 'a-to-b': { delayMs: 50 }, 'b-to-a': {} };
    await cable.set(configured);
    expect(await problems(cable, configured)).toEqual([
      expect.stringContaining('delay was to be 50 ms'),
      expect.stringContaining('delay was to be 0 ms'),
    ]);
    expect(await quickProblems(cable, configured)).toEqual([
      expect.stringContaining('delay was to be 50 ms'),
      expect.stringContaining('delay was to be 0 ms'),
    ]);
  });
});

/** Names of processes that work in a folder. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const isIn = readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
        return isIn ? [readFileSync(`/proc/${pid}/comm`, 'utf8').trim()] : [];
      } catch {
        // It has ended in the meantime, or has no folder.
        return [];
      }
    });
}
