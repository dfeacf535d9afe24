import { expect, test } from 'vitest';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import { makePlan, type PlanInput } from '../../harness/plan/make-plan.ts';
import { validateScenario } from '../../harness/scenario/validate.ts';
import { runFake } from '../fleet/a-run.ts';
import { anInput } from '../plan/an-input.ts';

const LOAD: PlannedLoad = {
  name: 'steady',
  executor: 'constant-vus',
  vus: 2,
  durationMs: 60_000,
  startTimeMs: 0,
  gracefulStopMs: 30_000,
  tags: {},
  cells: [],
};
const { scenario, options } = anInput();
const UNSEEN = {
  scenario: { ...scenario, unseen: true },
  load: [LOAD],
  fleet: { isolation: 'tab' },
} as const;

test.for<[string, Partial<PlanInput>, true | undefined]>([
  ['in a load by tab', {}, true],
  ['in calls one after another', { load: [] }, undefined],
  ['by context', { fleet: { isolation: 'context' } }, undefined],
  ['if the scenario does not say so', { scenario }, undefined],
  ['with a window', { options: { ...options, headed: true } }, undefined],
  ['if pages paint', { options: { ...options, source: { kind: 'test-pattern' } } }, undefined],
])('makePlan() has tabs of an unseen scenario lie behind each other %s: %s', ([, changes, expected]) => {
  const plan = makePlan(anInput({ ...UNSEEN, ...changes }), []);
  expect(plan?.fleet?.unseen).toBe(expected);
});

test('validateScenario() takes no other value of unseen than true', () => {
  const problems: Problem[] = [];
  const given = { name: 'mine', summary: 'A call.', guardsAgainst: 'none', roles: ['caller', 'callee'] };
  validateScenario({ ...given, script: async () => {}, unseen: false }, 'mine.ts', problems);
  expect(problems.map(renderProblem)).toEqual([expect.stringContaining('unseen: expected true, got false')]);
});

test.for([
  ['times of frames', 'startFrameClock', 'cannot tell when frames are presented'],
  ['what frames say', 'startReading', 'cannot read what frames say'],
] as const)('a script whose pages may be hidden is refused %s', async ([, word, said]) => {
  await using run = await runFake({ script: ({ caller }) => caller[word](), isUnseen: true });
  const { fault } = run.records['1']!;
  expect(fault).toMatchObject({ code: 'UNSUPPORTED', role: 'caller', hint: 'leave out "unseen"' });
  expect(fault?.message).toContain(said);
});
