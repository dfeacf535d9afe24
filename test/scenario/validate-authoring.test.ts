import { expect, test } from 'vitest';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { param } from '../../harness/scenario/params.ts';
import { validateScenario } from '../../harness/scenario/validate.ts';

const GOOD = {
  name: 'mine',
  summary: 'A call.',
  guardsAgainst: 'none',
  roles: ['caller', 'callee'],
  script: async () => {},
};

function validate(changes: Record<string, unknown>) {
  const problems: Problem[] = [];
  const scenario = validateScenario({ ...GOOD, ...changes }, 'mine.ts', problems);
  return { scenario, problems: problems.map(renderProblem) };
}

test('validateScenario() takes parameters, metrics with thresholds on them, and hooks', () => {
  const { scenario, problems } = validate({
    params: { size: param.integer({ default: 3, min: 3, summary: 'how many' }) },
    metrics: { app_login_ms: { type: 'trend', unit: 'ms', description: 'A login.', better: 'lower' } },
    thresholds: { app_login_ms: ['p(95)<1'], 'app_login_ms{role:caller}': ['max<2'] },
    setup: () => 1,
    teardown: () => {},
  });
  expect(problems).toEqual([]);
  expect(scenario).toBeDefined();
});

test('validateScenario() tells everything that is wrong with parameters at once', () => {
  const { problems } = validate({
    params: {
      Size: param.flag({ summary: 'capital' }),
      depth: { type: 'integr', summary: 'typo' },
      count: param.integer({ default: 9, max: 6, summary: '' }),
      codec: { type: 'choice', summary: 'without any' },
      pause: { type: 'duration', summary: 'no unit', default: '60' },
    },
  });
  expect(problems).toEqual([
    'mine.ts: params.Size: expected a camelCase name like "frameRate", got "Size"',
    'mine.ts: params.depth.type: expected one of integer, number, choice, text, flag, duration, rate, got "integr" — did you mean integer?',
    'mine.ts: params.count.summary: expected a few words, got ""',
    'mine.ts: params.count.default: expected a whole number to 6, got 9',
    'mine.ts: params.codec.choices: expected a list of texts, got nothing',
    'mine.ts: params.pause.default: expected a duration like "10s", got "60"',
  ]);
});

test('validateScenario() tells everything that is wrong with metrics and hooks at once', () => {
  const metric = { type: 'trend', unit: 'ms', description: 'One.' };
  const { problems } = validate({
    metrics: {
      appLogin: metric,
      connect_ms: metric,
      app_login: metric,
      app_ms: { ...metric, type: 'histogram' },
      app_start_ms: { ...metric, better: 'more' },
    },
    thresholds: { app_logout_ms: ['max<1'] },
    setup: 'later',
  });
  expect(problems).toEqual([
    'mine.ts: setup: expected a function, got "later"',
    'mine.ts: metrics.appLogin: expected a snake_case name with its unit, like "app_login_ms", got "appLogin"',
    'mine.ts: metrics.connect_ms: expected a name that is not in the catalogue, got "connect_ms" — take another: my_connect_ms',
    'mine.ts: metrics.app_login: expected a name that ends in _ms, as its unit is ms, got "app_login"',
    expect.stringContaining('mine.ts: metrics.app_ms.type: expected one of trend, rate, counter, gauge'),
    expect.stringContaining('mine.ts: metrics.app_start_ms.better: expected lower or higher'),
    expect.stringContaining('mine.ts: thresholds.app_logout_ms: expected a known metric'),
  ]);
});
