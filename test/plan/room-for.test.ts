import { describe, expect, test } from 'vitest';
import { requireRoom } from '../../harness/commands/require-room.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import type { Isolation } from '../../harness/plan/fleet.ts';
import type { Plan } from '../../harness/plan/plan.ts';
import { type Room, roomFor, roomSentence } from '../../harness/plan/room-for.ts';
import { aPlan } from '../store/a-run.ts';
import { aBrowser } from './an-input.ts';

const GB = 1e9;
const PLENTY: Room = { memoryBytes: 64 * GB, openFiles: 20_000, processes: 30_000 };

/** So many calls of two Chromes at the same time. */
function planOf(
  vus: number,
  { isolation = 'tab', ...changes }: Partial<Plan> & { isolation?: Isolation } = {},
): Plan {
  const load: PlannedLoad = {
    name: 'default',
    executor: 'constant-vus',
    vus,
    durationMs: 1000,
    startTimeMs: 0,
    gracefulStopMs: 0,
    tags: {},
    cells: ['chrome:chrome'],
  };
  return {
    ...aPlan(),
    browsers: [aBrowser('chrome', 'chromium')],
    cells: [{ id: 'chrome:chrome', assignment: { caller: 'chrome', callee: 'chrome' } }],
    calls: [],
    load: [load],
    fleet: { isolation, peersPerBrowser: isolation === 'process' ? 1 : 8 },
    ...changes,
  };
}

describe('roomFor()', () => {
  test('needs more memory the less peers share', () => {
    const of = (isolation: Isolation) => roomFor(planOf(10, { isolation }), PLENTY).needed.memoryBytes;
    expect(of('page')).toBeLessThan(of('tab'));
    expect(of('tab')).toBeLessThan(of('context'));
    expect(of('context')).toBeLessThan(of('process') * 1.2);
  });

  test('needs less for light media and more for HD', () => {
    const of = (media: Plan['media']) => roomFor(planOf(10, { media }), PLENTY).needed.memoryBytes;
    expect(of('light')).toBeLessThan(of('real'));
    expect(of('hd')).toBeGreaterThan(of('real'));
  });

  test("needs less for Chromium's headless shell", () => {
    const { memoryBytes } = roomFor(planOf(10), PLENTY).needed;
    const fleet = { isolation: 'tab', peersPerBrowser: 8, headless: 'shell' } as const;
    expect(roomFor(planOf(10, { fleet }), PLENTY).needed.memoryBytes).toBeLessThan(memoryBytes);
  });

  test('says how many peers fit, which then do', () => {
    const room = { ...PLENTY, memoryBytes: 3 * GB };
    const { needed, fits = 0, short } = roomFor(planOf(30), room);
    expect(needed.peers).toBe(60);
    expect(short).toHaveLength(1);
    expect(fits).toBeGreaterThan(2);
    expect(roomFor(planOf(Math.floor(fits / 2)), room).short).toEqual([]);
    expect(roomFor(planOf(fits), room).short).toHaveLength(1);
  });

  test('tells everything at once that there is too little of', () => {
    const report = roomFor(planOf(100), { memoryBytes: GB, openFiles: 256, processes: 500 });
    const sentence = roomSentence(report);
    expect(sentence).toMatch(
      /^200 peers of browsers need about [\d.]+ GB of memory, of which there is 1\.0 GB; /,
    );
    expect(sentence).toMatch(/; [\d,]+ open files in one process, of which there are 256; /);
    expect(sentence).toMatch(/ threads and processes, of which there are 500: at most \d+ peers fit$/);
  });

  test('asks nothing of what is not limited', () => {
    expect(roomFor(planOf(10), { memoryBytes: 64 * GB })).toMatchObject({ short: [], tight: [] });
  });
});

describe('requireRoom()', () => {
  test('warns if the estimate is near to what there is', () => {
    const { needed } = roomFor(planOf(10), PLENTY);
    for (const share of [0.9, 1.1]) {
      const room = { ...PLENTY, memoryBytes: needed.memoryBytes * share };
      expect(requireRoom(planOf(10), { room })).toEqual([expect.stringContaining('it may not be enough')]);
    }
    expect(requireRoom(planOf(10), { room: PLENTY })).toEqual([]);
  });

  test('throws with exit code 112 if there is too little', () => {
    const room = { ...PLENTY, memoryBytes: 2 * GB };
    const thrown = expect(() => requireRoom(planOf(30), { room }));
    thrown.toThrow(expect.objectContaining({ code: 'NO_ROOM', exitCode: 112 }));
    thrown.toThrow(/at most \d+ peers fit$/);
  });

  test.for([
    [{ memoryBytes: GB }, /^fewer VUs; or [^;]*--headless shell[^;]*; or bots/],
    [{ openFiles: 100 }, /^fewer VUs; or a higher limit of open files \(ulimit -n\); or bots/],
    [{ memoryBytes: GB, processes: 100 }, /--headless shell.*ulimit -u/],
  ] as const)('says what helps against too little of %o, and nothing else', ([little, hint]) => {
    const thrown = expect(() => requireRoom(planOf(30), { room: { ...PLENTY, ...little } }));
    thrown.toThrow(expect.objectContaining({ hint: expect.stringMatching(hint) as string }));
  });

  test('asks nothing where browsers run on a Grid, or there are none', () => {
    const room = { memoryBytes: 1 };
    expect(requireRoom(planOf(30, { grid: { url: 'http://hub:4444' } }), { room })).toEqual([]);
    expect(requireRoom(planOf(30, { browsers: [] }), { room })).toEqual([]);
  });

  test('finds room on this machine for one call', () => {
    expect(() => requireRoom(planOf(1))).not.toThrow();
  });
});
