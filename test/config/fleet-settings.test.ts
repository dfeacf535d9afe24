import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../../harness/config/settings.ts';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { parseBrowserFlag } from '../../harness/setup/find-browsers.mjs';

function resolve(flags: Record<string, unknown>, config: Record<string, unknown> = {}) {
  const problems: Problem[] = [];
  const loaded = { values: config, file: '/project/callrig.config.ts', shown: 'callrig.config.ts' };
  const settings = resolveSettings(
    { flags, config: loaded, scenario: undefined, cwd: '/project', seed: 42 },
    parseBrowserFlag,
    problems,
  );
  return { settings, problems: problems.map(renderProblem) };
}

const LOAD = { vus: '4', duration: '10s' };
const GRID = { grid: 'http://127.0.0.1:4444' };

describe('resolveSettings() of how peers sit in browsers', () => {
  test.for([
    { flags: {}, expected: undefined },
    { flags: { isolation: 'context' }, expected: undefined },
    { flags: LOAD, expected: { isolation: 'tab', peersPerBrowser: 8, mostPeersPerBrowser: 16 } },
    { flags: { ...LOAD, 'peers-per-browser': '8' }, expected: { isolation: 'tab', peersPerBrowser: 8 } },
    { flags: { ...LOAD, profile: 'light' }, expected: { isolation: 'tab', peersPerBrowser: 16 } },
    {
      flags: { ...LOAD, isolation: 'context' },
      expected: { isolation: 'context', peersPerBrowser: 8, mostPeersPerBrowser: 16 },
    },
    { flags: { isolation: 'tab' }, expected: { isolation: 'tab', peersPerBrowser: 8 } },
    { flags: { isolation: 'page' }, expected: { isolation: 'page', peersPerBrowser: 16 } },
    {
      flags: { isolation: 'page', 'peers-per-browser': '40' },
      expected: { isolation: 'page', peersPerBrowser: 40 },
    },
    { flags: { 'peers-per-browser': '2' }, expected: { isolation: 'context', peersPerBrowser: 2 } },
    { flags: { 'fresh-browsers': true }, expected: { isolation: 'process', peersPerBrowser: 1 } },
    { flags: { ...LOAD, isolation: 'process' }, expected: { isolation: 'process', peersPerBrowser: 1 } },
    { flags: { headless: 'shell' }, expected: { isolation: 'context', headless: 'shell' } },
    { flags: GRID, expected: undefined },
    { flags: { ...LOAD, ...GRID }, expected: { isolation: 'tab', peersPerBrowser: 8 } },
    {
      flags: { ...LOAD, ...GRID, 'peers-per-browser': '4' },
      expected: { isolation: 'tab', peersPerBrowser: 4 },
    },
    { flags: { ...GRID, 'fresh-browsers': true }, expected: { isolation: 'process', peersPerBrowser: 1 } },
  ])('is $expected of $flags', ({ flags, expected }) => {
    const { settings, problems } = resolve(flags);
    expect(problems).toEqual([]);
    expect(settings.fleet).toEqual(expected);
    expect(settings.options.freshBrowsers).toBe(expected?.isolation === 'process');
  });

  test('comes from the config file, which a flag wins over', () => {
    const config = { isolation: 'page', peersPerBrowser: 12 };
    expect(resolve({}, config).settings.fleet).toEqual({ isolation: 'page', peersPerBrowser: 12 });
    expect(resolve({ isolation: 'tab' }, config).settings.fleet).toEqual({
      isolation: 'tab',
      peersPerBrowser: 12,
    });
  });

  test.for([
    [{ isolation: 'tabs' }, 'did you mean tab?'],
    [{ isolation: 'tab', 'fresh-browsers': true }, 'process beside --fresh-browsers'],
    [{ isolation: 'process', 'peers-per-browser': '2' }, '1 with a process for each peer'],
    [{ ...LOAD, 'peers-per-browser': '17' }, 'no more than 16 microphones in a process'],
    [{ isolation: 'page', 'peers-per-browser': '65' }, 'at most 64 in a page'],
    [{ 'peers-per-browser': '0' }, 'a whole number from 1'],
    [{ headless: 'old' }, 'new or shell'],
    [{ headless: 'shell', headed: true }, 'no --headless beside --headed'],
    [{ ...GRID, isolation: 'page' }, 'a page for each peer with a Grid'],
    [{ ...GRID, headless: 'shell' }, 'nothing with a Grid'],
  ] as const)('tells what is wrong with %j', ([flags, expected]) => {
    const { problems } = resolve(flags);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });
});
