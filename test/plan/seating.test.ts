import { describe, expect, test } from 'vitest';
import { isIndependent, isolationOf, peersAtOnce } from '../../harness/plan/fleet.ts';
import { chooseSeat, processesFor, runningFleet, type SeatedBrowser } from '../../harness/plan/seating.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import type { PlannedCell } from '../../harness/plan/plan.ts';
import { aPlan } from '../store/a-run.ts';

const { options: OPTIONS } = aPlan();

const seated = (...calls: string[][]): SeatedBrowser[] =>
  calls.map((each, index) => ({ number: index + 1, calls: each }));
const rules = (peersPerBrowser: number, processes = 1) => ({ peersPerBrowser, processes });

/** Seats the peers of calls one after another, two a call. */
function seatAll(calls: readonly string[], { peersPerBrowser, processes }: ReturnType<typeof rules>) {
  const browsers: { number: number; calls: string[] }[] = [];
  for (const call of calls.flatMap((each) => [each, each])) {
    const number = chooseSeat(call, browsers, { peersPerBrowser, processes });
    const known = browsers.find((each) => each.number === number);
    if (known) known.calls.push(call);
    else browsers.push({ number, calls: [call] });
  }
  return browsers;
}

describe('chooseSeat()', () => {
  test('begins with the first process', () => {
    expect(chooseSeat('a', [], rules(8))).toBe(1);
  });

  test('puts the peers of one call into different processes where there are several', () => {
    expect(chooseSeat('a', seated(['a'], ['b', 'b', 'c']), rules(8, 2))).toBe(2);
  });

  test('puts them into one if there is but one', () => {
    expect(chooseSeat('a', seated(['a']), rules(8))).toBe(1);
  });

  test('takes the least occupied, and of those the first', () => {
    expect(chooseSeat('x', seated(['a', 'b'], ['c'], ['d']), rules(8))).toBe(2);
  });

  test('starts another process if all are full', () => {
    expect(chooseSeat('x', seated(['a', 'b'], ['c', 'd']), rules(2))).toBe(3);
  });

  test('fills the place of one that has died', () => {
    const left = seated(['a', 'b'], ['c', 'd'], ['e', 'f']).filter(({ number }) => number !== 2);
    expect(chooseSeat('x', left, rules(2))).toBe(2);
  });

  test('takes an empty process before it starts one more', () => {
    expect(chooseSeat('x', seated(['a'], []), rules(8, 4))).toBe(2);
  });

  test('spreads peers evenly, each call over two processes, none over its limit', () => {
    const calls = Array.from({ length: 12 }, (_, index) => `call-${index}`);
    const browsers = seatAll(calls, rules(8, 3));
    expect(browsers.map((browser) => browser.calls.length)).toEqual([8, 8, 8]);
    for (const { calls: own } of browsers) expect(new Set(own).size).toBe(own.length);
  });
});

describe('processesFor()', () => {
  test.for([
    { peers: 2, per: 8, expected: 1 },
    { peers: 8, per: 8, expected: 1 },
    { peers: 9, per: 8, expected: 2 },
    { peers: 17, per: 8, expected: 3 },
    { peers: 100, per: Infinity, expected: 1 },
    { peers: 0, per: 8, expected: 1 },
  ])('begins with $expected for $peers peers, $per in each', ({ peers, per, expected }) => {
    expect(processesFor(peers, per)).toBe(expected);
  });
});

const cell = (...browsers: string[]): PlannedCell => ({
  id: browsers.join(':'),
  assignment: Object.fromEntries(browsers.map((browser, index) => [`role-${index}`, browser])),
});
const load = (vus: number, ...cells: string[]): PlannedLoad => ({
  name: `of-${cells.join('-')}`,
  executor: 'constant-vus',
  vus,
  durationMs: 1000,
  startTimeMs: 0,
  gracefulStopMs: 0,
  tags: {},
  cells,
});

describe('peersAtOnce()', () => {
  test('counts the peers of the largest call where calls follow one another', () => {
    const cells = [cell('chrome', 'chrome'), cell('chrome', 'firefox')];
    expect(peersAtOnce({ cells })).toEqual(new Map([['chrome', 2], ['firefox', 1]])); // prettier-ignore
  });

  test('counts those of all calls at the same time of a load, whose cells take turns', () => {
    const cells = [cell('chrome', 'chrome'), cell('chrome', 'firefox')];
    const loads = [load(10, 'chrome:chrome', 'chrome:firefox')];
    expect(peersAtOnce({ cells, load: loads })).toEqual(new Map([['chrome', 15], ['firefox', 5]])); // prettier-ignore
  });

  test('counts neither bots, nor persons, nor what cannot be tried here', () => {
    const cells = [
      cell('chrome', 'bot'),
      cell('chrome', 'manual'),
      { ...cell('firefox', 'firefox'), unsupported: 'no lab' },
      cell('bot', 'bot'),
    ];
    expect(peersAtOnce({ cells })).toEqual(new Map([['chrome', 1]]));
    const loads = [load(2, 'chrome:bot'), load(50, 'bot:bot')];
    expect(peersAtOnce({ cells, load: loads })).toEqual(new Map([['chrome', 2]]));
  });
});

describe('runningFleet()', () => {
  test('is one process of contexts for a plan that says nothing, and a process each with --fresh-browsers', () => {
    const plan = { cells: [cell('chrome', 'chrome')], options: OPTIONS };
    expect(runningFleet(plan)).toEqual({
      isolation: 'context',
      peersPerBrowser: Infinity,
      processes: new Map([['chrome', 1]]),
      headless: undefined,
    });
    expect(isolationOf({ options: { ...OPTIONS, freshBrowsers: true } })).toBe('process');
  });

  test('begins with as many processes as a load needs', () => {
    const plan = {
      cells: [cell('chrome', 'chrome')],
      load: [load(10, 'chrome:chrome')],
      options: OPTIONS,
      fleet: { isolation: 'tab', peersPerBrowser: 8 } as const,
    };
    expect(runningFleet(plan).processes).toEqual(new Map([['chrome', 3]]));
  });

  test('crowds those that are there, rather than starting one amid the calls of pairs that drift', () => {
    const cells = [cell('chrome', 'chrome'), cell('firefox', 'firefox')];
    const load8 = [load(8, 'chrome:chrome', 'firefox:firefox')];
    const fleet = { isolation: 'tab', peersPerBrowser: 8, mostPeersPerBrowser: 16 } as const;
    const { processes, peersPerBrowser } = runningFleet({ cells, load: load8, options: OPTIONS, fleet });
    expect(processes).toEqual(new Map([['chrome', 1], ['firefox', 1]])); // prettier-ignore
    const calls = Array.from({ length: 8 }, (_, index) => `call-${index}`);
    const begun = { peersPerBrowser, processes: processes.get('chrome')! };
    expect(seatAll(calls, begun).map((browser) => browser.calls.length)).toEqual([16]);
    expect(seatAll([...calls, 'one-more'], begun)).toHaveLength(2);
  });
});

test('isIndependent() says no only of peers that share a page', () => {
  expect((['process', 'context', 'tab', 'page'] as const).map(isIndependent)).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
