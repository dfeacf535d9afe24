import { expect, test } from 'vitest';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import { makePlan } from '../../harness/plan/make-plan.ts';
import { validateScenario } from '../../harness/scenario/validate.ts';
import { anInput } from '../plan/an-input.ts';

const GOOD = {
  name: 'mine',
  summary: 'A call.',
  guardsAgainst: 'none',
  roles: ['caller', 'callee'],
  script: async () => {},
};

function problemsOf(asksFor: unknown): string[] {
  const problems: Problem[] = [];
  validateScenario({ ...GOOD, asksFor }, 'mine.ts', problems);
  return problems.map(renderProblem);
}

test('validateScenario() takes what a scenario provokes by itself', () => {
  expect(problemsOf(['cpu-limit', 'low-frame-rate'])).toEqual([]);
});

test('validateScenario() names every word of asksFor that there is not', () => {
  const [first, second, ...others] = problemsOf(['cpu-limits', 7]);
  expect(first).toContain('mine.ts: asksFor[0]: expected one of cpu-limit, low-frame-rate, got "cpu-limits"');
  expect(first).toContain('did you mean cpu-limit?');
  expect(second).toContain('asksFor[1]');
  expect(others).toEqual([]);
  expect(problemsOf('cpu-limit')[0]).toContain('a list of cpu-limit, low-frame-rate');
});

test('makePlan() has what a scenario provokes by itself in the plan of a load, and of nothing else', () => {
  const load: PlannedLoad = {
    name: 'steady',
    executor: 'constant-vus',
    vus: 2,
    durationMs: 60_000,
    startTimeMs: 0,
    gracefulStopMs: 30_000,
    tags: {},
    cells: [],
  };
  const { scenario } = anInput({});
  const asking = { ...scenario, asksFor: ['cpu-limit'] as const };
  expect(makePlan(anInput({ scenario: asking, load: [load] }), [])?.asksFor).toEqual(['cpu-limit']);
  expect(makePlan(anInput({ scenario: asking }), [])?.asksFor).toBeUndefined();
  expect(makePlan(anInput({ load: [load] }), [])?.asksFor).toBeUndefined();
});
