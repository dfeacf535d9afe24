import { expect, test } from 'vitest';
import type { LoadedConfig } from '../../harness/config/load-config.ts';
import { resolveSettings, type SettingsInput } from '../../harness/config/settings.ts';
import type { Problem } from '../../harness/errors.ts';
import type { Scenario } from '../../harness/scenario/scenario.ts';
import { parseBrowserFlag } from '../../harness/setup/find-browsers.mjs';

const scenario: Scenario = {
  name: 'x',
  summary: '.',
  guardsAgainst: '.',
  roles: ['caller', 'callee'],
  duration: '7s',
  thresholds: { connect_ms: ['p(95)<3000', 'max<9000'] },
  script: () => Promise.resolve(),
};

const aConfig = (values: LoadedConfig['values']): LoadedConfig => ({
  values,
  file: '/project/callrig.config.ts',
  shown: 'callrig.config.ts',
});

function resolve(input: Partial<SettingsInput>) {
  const problems: Problem[] = [];
  const settings = resolveSettings(
    { flags: {}, config: undefined, scenario, cwd: '/project', seed: 42, ...input },
    parseBrowserFlag,
    problems,
  );
  return { settings, problems };
}

test('resolveSettings() takes the scenario over the config file and a flag over both', () => {
  const config = aConfig({ duration: '1s', iterations: 3, statsInterval: '2s' });
  expect(resolve({ config }).settings.options).toMatchObject({
    durationMs: 7000,
    iterations: 3,
    statsIntervalMs: 2000,
    seed: 42,
  });
  const flags = { duration: '500ms', 'stats-interval': '1s', seed: '5' };
  expect(resolve({ config, flags }).settings.options).toMatchObject({
    durationMs: 500,
    statsIntervalMs: 1000,
    seed: 5,
  });
});

test('resolveSettings() has every problem at once, each with the place it was written', () => {
  const { problems } = resolve({
    flags: {
      duration: '60',
      seed: 'x',
      pairs: 'chrome',
      browser: ['opera'],
      driver: 'pupeteer',
      peer: ['calee=manual'],
    },
    config: aConfig({
      statsInterval: 5,
      headed: 'yes',
      thresholds: { rtt: ['avg<1'] },
      browser: { Opera: '/x' },
    }),
  });
  expect(problems.map((problem) => problem.path).toSorted()).toEqual([
    '--browser',
    '--driver',
    '--duration',
    '--pairs',
    '--peer',
    '--seed',
    'callrig.config.ts: browser.Opera',
    'callrig.config.ts: headed',
    'callrig.config.ts: statsInterval',
    'callrig.config.ts: thresholds.rtt',
  ]);
});

test.for([
  ['unnamed browsers', {}, {}, undefined],
  ['--browsers', { browsers: 'chrome,opera' }, { browsers: ['firefox'] }, ['chrome', 'opera']],
  ['the config file', {}, { browsers: ['firefox'] }, ['firefox']],
  ['pairs', { pairs: 'chrome:opera,opera:chrome' }, {}, ['chrome', 'opera']],
  ['pairs of the config file', {}, { pairs: ['edge:chrome'] }, ['edge', 'chrome']],
  ['--browser besides', { browsers: 'chrome', browser: ['opera=/o'] }, {}, ['chrome', 'opera']],
  ['a manual pair', { pairs: 'chrome:manual' }, {}, ['chrome']],
] as const)('resolveSettings() wants the browsers of %s', ([, flags, config, wanted]) => {
  const { settings, problems } = resolve({ flags, config: aConfig(config) });
  expect(problems).toEqual([]);
  expect(settings.wanted).toEqual(wanted);
});

test("resolveSettings() takes a scenario's list over the config file, and --browsers over it", () => {
  const listed = { ...scenario, matrix: [{ caller: 'opera', callee: 'edge' }] };
  const config = aConfig({ pairs: ['chrome:chrome'], browsers: ['chrome'] });
  const own = resolve({ scenario: listed, config }).settings;
  expect(own).toMatchObject({ matrix: listed.matrix, wanted: ['opera', 'edge'] });
  const flagged = resolve({ scenario: listed, config, flags: { browsers: 'firefox' } }).settings;
  expect(flagged).toMatchObject({ matrix: 'ordered', wanted: ['firefox'] });
});

test('resolveSettings() lets --threshold replace the same aggregation and stand beside others', () => {
  const { settings } = resolve({
    flags: { threshold: ['connect_ms=p(95)<100', 'connect_ms=p(99)<200', 'rtt_ms=avg>1', 'rtt_ms=avg<9'] },
    config: aConfig({ thresholds: { connect_ms: ['avg<1'], jitter_ms: ['avg<5'] } }),
  });
  const written = Object.entries(settings.thresholds).map(
    ([metric, specs]) => `${metric} ${specs.map((spec) => spec.expression).join(' ')}`,
  );
  expect(written.toSorted()).toEqual([
    'connect_ms max<9000 p(95)<100 p(99)<200',
    'jitter_ms avg<5',
    'rtt_ms avg>1 avg<9',
  ]);
});

test.for([
  ['0.0.0.0', {}, 1],
  ['0.0.0.0', { tls: true }, 0],
  ['192.0.2.7', {}, 1],
  ['::1', {}, 0],
  ['127.0.0.9', {}, 0],
  ['example.com', { tls: true }, 1],
  ['127.evil.example', {}, 1],
] as const)('resolveSettings() of --listen %s with %j has %d problems', ([listen, flags, count]) => {
  expect(resolve({ flags: { listen, ...flags } }).problems).toHaveLength(count);
});

test('resolveSettings() wants a pair to leave the role to the person if --peer says so', () => {
  const flags = { peer: ['callee=manual'], pairs: 'chrome:firefox,chrome:manual' };
  expect(resolve({ flags }).problems.map(({ path }) => path)).toEqual(['--pairs[0]']);
});

test('resolveSettings() puts the config file’s out beside the config file', () => {
  const config = { ...aConfig({ out: 'results' }), file: '/elsewhere/callrig.config.ts' };
  expect(resolve({ config }).settings.out).toBe('/elsewhere/results');
  expect(resolve({ config, flags: { out: 'here' } }).settings.out).toBe('/project/here');
  expect(resolve({}).settings.out).toBe('/project/runs');
});
