import { describe, expect, test } from 'vitest';
import { sessionsOf, turnProblem } from '../../harness/grid/survey.ts';
import type { Plan, PlannedCell } from '../../harness/plan/plan.ts';

const cell = (caller: string, callee: string, changes: Partial<PlannedCell> = {}): PlannedCell => ({
  id: `${caller}:${callee}`,
  assignment: { caller, callee },
  ...changes,
});
const call = (vu: number): Plan['calls'][number] => ({
  id: `${vu}`,
  cell: 'chrome:chrome',
  vu,
  iteration: 0,
});

const SHARED = { isFresh: false, peersPerSession: Infinity };
const FRESH = { isFresh: true, peersPerSession: 1 };

describe('sessionsOf()', () => {
  const cells = [cell('chrome', 'chrome'), cell('chrome', 'firefox'), cell('chrome', 'manual')];

  test('counts a session for each browser if peers share them', () => {
    expect(sessionsOf({ cells, calls: [call(1)] }, SHARED)).toEqual({ perCall: 2, atOnce: 2 });
    expect(sessionsOf({ cells: cells.slice(0, 1), calls: [call(1)] }, SHARED)).toEqual({
      perCall: 1,
      atOnce: 1,
    });
  });

  test('counts one for each peer of each call at the same time if each has its own', () => {
    expect(sessionsOf({ cells, calls: [call(1), call(2), call(3)] }, FRESH)).toEqual({
      perCall: 2,
      atOnce: 6,
    });
  });

  test('counts as many as hold all the peers if a session holds only some', () => {
    const calls = [call(1), call(2), call(3)];
    const seating = { isFresh: false, peersPerSession: 4 };
    expect(sessionsOf({ cells: cells.slice(0, 2), calls }, seating)).toEqual({ perCall: 2, atOnce: 2 + 1 });
  });

  test('leaves out people, bots, and what cannot be tried', () => {
    const unsupported = cell('chrome', 'firefox', { unsupported: 'no lab' });
    const plan = { cells: [unsupported, cell('chrome', 'manual'), cell('bot', 'chrome')], calls: [call(1)] };
    expect(sessionsOf(plan, FRESH)).toEqual({ perCall: 1, atOnce: 1 });
  });
});

describe('turnProblem()', () => {
  const relayed = cell('chrome', 'chrome', {
    ice: { servers: ['turn-udp'], policy: 'relay', credentials: 'valid' },
  });

  test("is that the Grid's nodes do not reach the run's own server", () => {
    expect(turnProblem({ cells: [relayed] }, 'http://hub:4444')).toMatchObject({ path: '--turn' });
  });

  test('is none on loopback, with servers of the user, or without a call that needs one', () => {
    expect(turnProblem({ cells: [relayed] }, 'http://127.0.0.1:4444')).toBeUndefined();
    const iceServers = ['turn:turn.example.org'];
    expect(turnProblem({ cells: [relayed], iceServers }, 'http://hub:4444')).toBeUndefined();
    expect(turnProblem({ cells: [cell('chrome', 'chrome')] }, 'http://hub:4444')).toBeUndefined();
  });
});
