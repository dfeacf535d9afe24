import { describe, expect, test } from 'vitest';
import {
  type CapacityLevel,
  concludeCapacity,
  describeGoals,
} from '../../harness/capacity/capacity-result.ts';
import { parseCapacity } from '../../harness/capacity/parse-capacity.ts';
import { searchCapacity, type LevelOutcome } from '../../harness/capacity/search.ts';

const FPS = { metric: 'fps_received', expression: 'p(5)>=15', unit: 'fps', samples: 8 } as const;

function level(vus: number, outcome: LevelOutcome): CapacityLevel {
  const fps = 30 / vus;
  const status = outcome === 'broke' ? 'failed' : outcome === 'held' ? 'passed' : 'inconclusive';
  return {
    vus,
    outcome,
    folder: `levels/${vus}`,
    headline: `p2p-call: ${vus} calls`,
    thresholds: [{ ...FPS, status, actual: fps }],
    metrics: {},
    ...(outcome === 'saturated' && {
      generator: {
        verdict: 'saturated',
        reasons: ['all cores were over 90 % busy for 80 % of the time'],
        unknown: [],
        fromMs: 0,
        untilMs: 1,
      },
    }),
  };
}

/** A search over a service that holds so many calls, on a machine that makes so many. */
async function concluded({ holds, makes = 1000, max = 64 }: { holds: number; makes?: number; max?: number }) {
  const found = await searchCapacity({
    start: 1,
    max,
    tryLevel: async (vus) => level(vus, vus > makes ? 'saturated' : vus > holds ? 'broke' : 'held'),
  });
  return concludeCapacity(found, { cores: 2 });
}

describe('concludeCapacity()', () => {
  test('passes with the number, for each core, and what broke above it', async () => {
    expect(await concluded({ holds: 5 })).toEqual({
      status: 'passed',
      exitCode: 0,
      headline: '5 calls at a time hold (2.5 per core of 2); 6 calls at a time: fps_received p(5)>=15, got 5',
    });
  });

  test('fails if not even one call holds', async () => {
    const { status, exitCode, headline } = await concluded({ holds: 0 });
    expect([status, exitCode]).toEqual(['failed', 99]);
    expect(headline).toBe('not even one call holds; 1 call at a time: fps_received p(5)>=15, got 30');
  });

  test('is inconclusive if the machine gave way first, and tells what was missed meanwhile', async () => {
    const { status, exitCode, headline } = await concluded({ holds: 9, makes: 3 });
    expect([status, exitCode]).toEqual(['inconclusive', 111]);
    expect(headline).toContain(
      'at least 3 calls at a time hold (1.5 per core of 2); this machine, not the service',
    );
    expect(headline).toContain('at 4 calls all cores were over 90 % busy for 80 % of the time');
    expect(headline).toContain("fps_received p(5)>=15, got 7.5, whoever's doing that is");
  });

  test('passes with a lower bound if no more was asked for', async () => {
    const { status, headline } = await concluded({ holds: 9, max: 4 });
    expect(status).toBe('passed');
    expect(headline).toBe(
      'at least 4 calls at a time hold (2 per core of 2); it was not asked for more (--capacity-max)',
    );
  });

  test('is inconclusive if a level could not be judged', () => {
    const levels = [level(1, 'held'), level(2, 'unknown'), level(1, 'held')];
    const { exitCode, headline } = concludeCapacity({ levels, holds: 1, limitedBy: 'unknown' }, { cores: 2 });
    expect(exitCode).toBe(111);
    expect(headline).toContain('2 calls at a time could not be judged: p2p-call: 2 calls');
  });

  test('tells what held until it was stopped', () => {
    const levels = [level(1, 'held'), level(2, 'held')];
    const options = { cores: 2, aborted: 'SIGINT' };
    expect(concludeCapacity({ levels, holds: 2, limitedBy: 'end' }, options)).toEqual({
      status: 'inconclusive',
      exitCode: 105,
      headline: 'stopped by SIGINT after 2 levels: at least 2 calls at a time hold (1 per core of 2)',
    });
  });
});

test('describeGoals() tells each threshold as a level had to meet it', () => {
  const goals = parseCapacity('connection_success>=0.99,fps_received=p(5)>=15', []);
  expect(describeGoals(goals)).toEqual(['connection_success rate>=0.99', 'fps_received p(5)>=15']);
});
