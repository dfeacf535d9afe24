import { describe, expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import { renderProblem } from '../../harness/errors.ts';
import { parseLoad } from '../../harness/load/parse-load.ts';

function parse(spec: unknown, pathOf?: (key: string) => string) {
  const problems: Problem[] = [];
  const loads = parseLoad(spec, { path: 'load', ...(pathOf && { pathOf }) }, problems);
  return { loads, problems, told: problems.map(renderProblem) };
}

describe('parseLoad()', () => {
  test("fills in k6's defaults", () => {
    const { loads, problems } = parse({ executor: 'constant-vus', vus: 3, duration: '1m30s' });
    expect(problems).toEqual([]);
    expect(loads).toEqual([
      {
        name: 'default',
        executor: 'constant-vus',
        vus: 3,
        durationMs: 90_000,
        startTimeMs: 0,
        gracefulStopMs: 30_000,
        tags: {},
        cells: [],
      },
    ]);
  });

  test('reads several loads by name', () => {
    const { loads, problems } = parse({
      steady: { executor: 'shared-iterations', vus: 2, iterations: 8, gracefulStop: '0s' },
      burst: {
        executor: 'ramping-arrival-rate',
        startTime: '10s',
        timeUnit: '1m',
        stages: [{ duration: '30s', target: 60 }],
        preAllocatedVUs: 4,
        cells: ['chrome:*'],
        tags: { kind: 'burst' },
      },
    });
    expect(problems).toEqual([]);
    expect(loads).toMatchObject([
      { name: 'steady', vus: 2, iterations: 8, maxDurationMs: 600_000, gracefulStopMs: 0 },
      {
        name: 'burst',
        startTimeMs: 10_000,
        startRate: 0,
        timeUnitMs: 60_000,
        stages: [{ durationMs: 30_000, target: 60 }],
        preAllocatedVus: 4,
        maxVus: 4,
        cells: ['chrome:*'],
        tags: { kind: 'burst' },
      },
    ]);
  });

  test.for<[string, unknown, string[]]>([
    ['is no object', 'fast', ['load: expected a load like']],
    [
      'has no executor that there is',
      { executor: 'constant-vu' },
      ['load.executor', 'did you mean constant-vus?'],
    ],
    [
      'has 0 VUs',
      { executor: 'constant-vus', vus: 0, duration: '1s' },
      ['load.vus: expected a whole number from 1 on'],
    ],
    ['has no duration', { executor: 'constant-vus', vus: 1 }, ['load.duration: expected a duration above 0']],
    [
      'has a duration without a unit',
      { executor: 'constant-vus', duration: '60' },
      ['load.duration', 'add a unit'],
    ],
    [
      'has negative stages',
      {
        executor: 'ramping-vus',
        stages: [
          { duration: '-5s', target: 1 },
          { duration: '5s', target: -1 },
        ],
      },
      ['load.stages[0].duration', 'time only goes forward', 'load.stages[1].target'],
    ],
    [
      'never begins a call',
      { executor: 'ramping-vus', startVUs: 0, stages: [{ duration: '5s', target: 0 }] },
      ['no call would ever begin'],
    ],
    [
      'has fewer iterations than VUs',
      { executor: 'shared-iterations', vus: 4, iterations: 2 },
      ['load.iterations: expected at least as many as VUs, 4'],
    ],
    [
      'has fewer VUs than it begins with',
      { executor: 'constant-arrival-rate', rate: 1, duration: '1s', preAllocatedVUs: 4, maxVUs: 2 },
      ['load.maxVUs: expected at least preAllocatedVUs, 4'],
    ],
    [
      'has no VUs for its rate',
      { executor: 'constant-arrival-rate', rate: 1, duration: '1s' },
      ['load.preAllocatedVUs'],
    ],
    [
      'has what only others have',
      { executor: 'constant-vus', duration: '1s', stages: [] },
      ['load.stages', 'ramping-vus and ramping-arrival-rate have it'],
    ],
    [
      'has tags that are no texts',
      { executor: 'constant-vus', duration: '1s', tags: { a: 1 } },
      ['load.tags: expected texts by name'],
    ],
    [
      'has a tag that every call has already',
      { executor: 'constant-vus', duration: '1s', tags: { cell: 'a', 'what ever': 'b' } },
      ['every call has its cell already', 'a name of letters, digits and _'],
    ],
    [
      'has a misspelt key',
      { executor: 'constant-vus', duration: '1s', vu: 3 },
      ['load.vu', 'did you mean vus?'],
    ],
  ])('tells of a load that %s', ([, spec, expected]) => {
    const { told } = parse(spec);
    expect(told.length).toBeGreaterThan(0);
    for (const part of expected) expect(told.join('\n')).toContain(part);
  });

  test('tells of everything at once, where it was written', () => {
    const { problems } = parse({ executor: 'constant-vus', vus: 0, duration: 'soon' }, (key) => `--${key}`);
    expect(problems.map(({ path }) => path)).toEqual(['--vus', '--duration']);
  });
});
