import { expect, test } from 'vitest';
import { mergeThresholds } from '../../harness/config/merge-thresholds.ts';
import type { Problem } from '../../harness/errors.ts';
import { loadTags } from '../../harness/load/load-tags.ts';
import { validateScenario } from '../../harness/scenario/validate.ts';

const LOAD = {
  steady: { executor: 'constant-vus', duration: '1m', tags: { crowd: 'first' } },
  rush: { executor: 'constant-vus', duration: '1m', tags: { crowd: 'late', kind: 'burst' } },
};
const SCENARIO = {
  name: 's',
  summary: 'A call.',
  guardsAgainst: 'No call.',
  roles: ['caller', 'callee'],
  script: () => Promise.resolve(),
  load: LOAD,
};

test('loadTags() names the tags of one load or of several, each once, and none of what is no load', () => {
  expect(loadTags(LOAD)).toEqual(['crowd', 'kind']);
  expect(loadTags(LOAD.rush, undefined)).toEqual(['crowd', 'kind']);
  expect(loadTags(undefined, 'load', { steady: null }, { tags: 3 })).toEqual([]);
});

test("validateScenario() takes thresholds on the tags of the scenario's loads, and on no others", () => {
  const problems: Problem[] = [];
  const thresholds = {
    'connect_ms{kind:burst}': ['max<1'],
    'connect_ms{crowd:late}': ['max<1'],
    'connect_ms{other:late}': ['max<1'],
  };
  validateScenario({ ...SCENARIO, thresholds }, 's.ts', problems);
  expect(problems).toMatchObject([{ got: '"other"' }]);
});

test("mergeThresholds() takes flags on the tags of the scenario's loads", () => {
  const problems: Problem[] = [];
  const scenario = validateScenario(SCENARIO, 's.ts', problems);
  const flags = ['connect_ms{crowd:late}=max<1'];
  expect(Object.keys(mergeThresholds({ flags, scenario, config: undefined }, problems))).toEqual([
    'connect_ms{crowd:late}',
  ]);
  expect(problems).toEqual([]);
});
