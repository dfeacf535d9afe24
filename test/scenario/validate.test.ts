import { expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import { validateScenario } from '../../harness/scenario/validate.ts';

const good = {
  name: 'p2p-call',
  summary: 'A call.',
  guardsAgainst: 'No call.',
  roles: ['caller', 'callee'],
  thresholds: { connect_ms: ['p(95)<3000'], 'rtt_ms{role:caller}': ['avg<50'] },
  script: () => Promise.resolve(),
};

function problemsOf(scenario: unknown): Problem[] {
  const problems: Problem[] = [];
  validateScenario(scenario, 'x.ts', problems);
  return problems;
}

test('validateScenario() returns a good scenario as it is', () => {
  const problems: Problem[] = [];
  expect(validateScenario(good, 'x.ts', problems)).toBe(good);
  expect(problems).toEqual([]);
});

test.for([
  ['a name that is not kebab-case', { name: 'P2P call' }, 'x.ts: name'],
  ['no summary', { summary: undefined }, 'x.ts: summary'],
  ['an empty guardsAgainst', { guardsAgainst: ' ' }, 'x.ts: guardsAgainst'],
  ['no roles', { roles: [] }, 'x.ts: roles'],
  ['a role twice', { roles: ['caller', 'caller'] }, 'x.ts: roles[1]'],
  ['a role that is a word of the script', { roles: ['caller', 'step'] }, 'x.ts: roles[1]'],
  ['a role that would lead out of a folder', { roles: ['../caller'] }, 'x.ts: roles[0]'],
  ['an unknown matrix', { matrix: 'all' }, 'x.ts: matrix'],
  ['a cell without a role', { matrix: [{ caller: 'chrome' }] }, 'x.ts: matrix[0].callee'],
  [
    'a cell with another role',
    { matrix: [{ caller: 'a', callee: 'b', calle: 'c' }] },
    'x.ts: matrix[0].calle',
  ],
  ['a duration without a unit', { duration: '60' }, 'x.ts: duration'],
  ['a duration that is a number', { duration: 60 }, 'x.ts: duration'],
  ['a duration of nothing', { duration: '0s' }, 'x.ts: duration'],
  ['half an iteration', { iterations: 1.5 }, 'x.ts: iterations'],
  ['an unknown metric', { thresholds: { conect_ms: ['avg<1'] } }, 'x.ts: thresholds.conect_ms'],
  [
    'a threshold k6 would not take',
    { thresholds: { connect_ms: ['p95<1'] } },
    'x.ts: thresholds.connect_ms[0]',
  ],
  [
    'an aggregation of another type',
    { thresholds: { connect_ms: ['rate<1'] } },
    'x.ts: thresholds.connect_ms[0]',
  ],
  ['a script that is no function', { script: 'call' }, 'x.ts: script'],
  ['an unknown feature', { needs: ['codec:video/AV1', 'codex:video/AV1'] }, 'x.ts: needs[1]'],
  ['a feature of a role that is none', { needs: { calle: ['dtmf'] } }, 'x.ts: needs.calle'],
  ['a need that is no list', { needs: { callee: 'dtmf' } }, 'x.ts: needs.callee'],
  ['needs that are a word', { needs: 'lab' }, 'x.ts: needs'],
  ['an unknown key', { durration: '5s' }, 'x.ts: durration'],
] as const)(
  'validateScenario() has one problem with its key as the path if there is %s',
  ([, change, path]) => {
    expect(problemsOf({ ...good, ...change }).map((problem) => problem.path)).toEqual([path]);
  },
);

test('validateScenario() names the nearest key if one is unknown', () => {
  expect(problemsOf({ ...good, itterations: 2 })).toEqual([
    expect.objectContaining({ got: '"itterations"', hint: 'did you mean iterations?' }),
  ]);
});

test('validateScenario() says to add the unit if a duration has none', () => {
  expect(problemsOf({ ...good, duration: '60' })).toEqual([
    { path: 'x.ts: duration', expected: 'a duration like "30s"', got: '"60"', hint: 'add a unit' },
  ]);
});

test('validateScenario() has every problem at once', () => {
  expect(problemsOf({ name: 'X', roles: [], duration: '1', matrix: 3, iterations: 0 })).toHaveLength(8);
});

test.for([undefined, null, 'x', 3, []])(
  'validateScenario() asks for a default export instead of %j',
  (value) => {
    expect(problemsOf(value)).toEqual([
      expect.objectContaining({ path: 'x.ts', expected: 'a scenario as its default export' }),
    ]);
  },
);
