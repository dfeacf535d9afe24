import { describe, expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import {
  evaluateThreshold,
  isProblem,
  parseThreshold,
  parseThresholdFlag,
  parseThresholds,
  type ThresholdSpec,
} from '../../harness/verdict/thresholds.ts';

const parsed = (metric: string, expression: unknown) => {
  const spec = parseThreshold(metric, expression);
  if (isProblem(spec)) throw new Error(JSON.stringify(spec));
  return spec;
};
const problem = (metric: string, expression: unknown) => {
  const spec = parseThreshold(metric, expression);
  if (!isProblem(spec)) throw new Error('it was accepted');
  return spec;
};

describe('parseThreshold()', () => {
  test.for([
    ['connect_ms', 'p(95)<3000', { aggregation: 'p', percentile: 95, operator: '<', limit: 3000 }],
    ['connect_ms', ' p( 99.9 ) >= 1e3 ', { aggregation: 'p', percentile: 99.9, operator: '>=', limit: 1000 }],
    ['connect_ms', 'avg < 12.5', { aggregation: 'avg', operator: '<', limit: 12.5 }],
    ['connect_ms', 'med!=.5', { aggregation: 'med', operator: '!=', limit: 0.5 }],
    ['connection_success', 'rate==1', { aggregation: 'rate', operator: '==', limit: 1 }],
    ['nack_count', 'count===0', { aggregation: 'count', operator: '===', limit: 0 }],
    ['nack_count', 'rate<=-1', { aggregation: 'rate', operator: '<=', limit: -1 }],
    ['connect_ms{pair:chrome:firefox}', 'max<1', { aggregation: 'max', operator: '<', limit: 1 }],
  ] as const)('accepts %s: %s', ([metric, expression, spec]) => {
    expect(parsed(metric, expression)).toEqual({ expression, ...spec });
  });

  test('keeps abortOnFail', () => {
    expect(parsed('connect_ms', { threshold: 'avg<1', abortOnFail: true })).toMatchObject({
      abortOnFail: true,
    });
  });

  test.for([
    ['connect_ms', 'p95<1', 'a percentile is written p(95)'],
    ['connect_ms', 'p<1', 'a percentile is written p(95)'],
    ['connect_ms', 'avg<1s', "leave the unit out: the metric's own unit is meant"],
    ['connect_ms', 'avg 1', 'write aggregation, operator, number'],
    ['checks', 'avg<1', 'a rate has no avg'],
    ['connect_ms', 'rate<1', 'a trend has no rate'],
    ['nack_count', 'p(95)<1', 'a percentile is written p(95)'],
    ['conect_ms', 'avg<1', 'did you mean "connect_ms"?'],
    ['connect_ms{par:chrome:firefox}', 'avg<1', 'did you mean "pair"?'],
  ])('refuses %s: %s with a hint', ([metric, expression, hint]) => {
    expect(problem(metric!, expression).hint).toBe(hint);
  });

  test.for([
    ['connect_ms', 'p(101)<1'],
    ['connect_ms', ''],
    ['connect_ms', 5],
    ['connect_ms', null],
    ['connect_ms', { threshold: 'avg<1', abortonfail: true }],
    ['connect_ms', { threshold: 'avg<1', abortOnFail: 'yes' }],
    ['connect_ms', { abortOnFail: true }],
    ['connect_ms{', 'avg<1'],
    ['connect_ms{pair}', 'avg<1'],
    ['connect_ms{}', 'avg<1'],
  ] as const)('refuses %s: %s', ([metric, expression]) => {
    expect(problem(metric, expression)).toMatchObject({
      path: expect.stringContaining(`thresholds.${metric}`),
    });
  });
});

describe('parseThresholdFlag()', () => {
  test.for([
    ['connect_ms=p(95)<3000', 'connect_ms', 'p(95)<3000'],
    [
      'connect_ms{pair:chrome:firefox,role:caller}=p(95)<3000',
      'connect_ms{pair:chrome:firefox,role:caller}',
      'p(95)<3000',
    ],
    ['checks=rate==1', 'checks', 'rate==1'],
    ['nack_count=count>=0', 'nack_count', 'count>=0'],
  ])('splits %s at the first = after the metric', ([flag, metric, expression]) => {
    expect(parseThresholdFlag(flag!)).toMatchObject({ metric, spec: { expression } });
  });

  test.for(['connect_ms', 'connect_ms<3000', '=avg<1', 'connect_ms=', 'x=avg<1'])('refuses %s', (flag) => {
    expect(parseThresholdFlag(flag)).toMatchObject({ path: '--threshold' });
  });
});

describe('parseThresholds()', () => {
  test('names every problem at once and keeps what is right', () => {
    const problems: Problem[] = [];
    const specs = parseThresholds(
      { connect_ms: ['avg<1', 'p95<1'], foo: ['avg<1'], checks: 'rate==1' },
      'thresholds',
      problems,
    );
    expect(Object.keys(specs)).toEqual(['connect_ms']);
    expect(problems.map(({ path }) => path)).toEqual([
      'thresholds.connect_ms[1]',
      'thresholds.foo',
      'thresholds.checks',
    ]);
  });

  test('takes the tags that loads give their calls, and no others', () => {
    const problems: Problem[] = [];
    const thresholds = { 'connect_ms{crowd:late}': ['avg<1'], 'connect_ms{crwod:late}': ['avg<1'] };
    const specs = parseThresholds(thresholds, 'thresholds', problems, { ownTags: ['crowd'] });
    expect(Object.keys(specs)).toEqual(['connect_ms{crowd:late}']);
    expect(problems).toMatchObject([{ got: '"crwod"', hint: 'did you mean "crowd"?' }]);
  });
});

describe('evaluateThreshold()', () => {
  const spec = (operator: ThresholdSpec['operator'], limit: number): ThresholdSpec => ({
    expression: '',
    aggregation: 'avg',
    operator,
    limit,
  });
  const values = (value: number | undefined, samples = 1) => ({ samples, value: () => value });

  test.for([
    ['<', 2, 'passed'],
    ['<', 1, 'failed'],
    ['<=', 1, 'passed'],
    ['>', 1, 'failed'],
    ['>', 0, 'passed'],
    ['>=', 1, 'passed'],
    ['==', 1, 'passed'],
    ['===', 2, 'failed'],
    ['!=', 2, 'passed'],
  ] as const)('holds 1 against %s %i: %s', ([operator, limit, status]) => {
    expect(evaluateThreshold(spec(operator, limit), values(1))).toEqual({ status, actual: 1 });
  });

  test.for([undefined, values(undefined, 0), values(0, 0), values(undefined), values(Number.NaN)])(
    'is inconclusive if there are no samples (%o)',
    (none) => {
      expect(evaluateThreshold(spec('<', 10), none)).toEqual({ status: 'inconclusive' });
    },
  );
});
