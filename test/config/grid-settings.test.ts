import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../../harness/config/settings.ts';
import { renderProblem, type Problem } from '../../harness/errors.ts';
import { parseBrowserFlag } from '../../harness/setup/find-browsers.mjs';

interface Given {
  flags?: Record<string, unknown>;
  config?: Record<string, unknown>;
  env?: Record<string, string>;
}

function resolve({ flags = {}, config = {}, env = {} }: Given) {
  const problems: Problem[] = [];
  const loaded = { values: config, file: '/project/callrig.config.ts', shown: 'callrig.config.ts' };
  const settings = resolveSettings(
    { flags, config: loaded, scenario: undefined, cwd: '/project', seed: 42, env },
    parseBrowserFlag,
    problems,
  );
  return { settings, problems: problems.map(renderProblem) };
}

const LOCAL = 'http://127.0.0.1:4444';
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('resolveSettings() with a Grid', () => {
  test('takes its address without a slash, and knows of none if nobody gave one', () => {
    expect(resolve({}).settings.grid).toBeUndefined();
    const { settings, problems } = resolve({ flags: { grid: `${LOCAL}/` } });
    expect(problems).toEqual([]);
    expect(settings.grid).toEqual({ address: { url: LOCAL }, scales: false });
    expect(resolve({ config: { grid: LOCAL, gridScales: true } }).settings.grid?.scales).toBe(true);
  });

  test('takes credentials of the URL out of it, and those of the environment if it has none', () => {
    const own = resolve({ flags: { grid: 'http://u:p%40@127.0.0.1:4444' }, env: { CALLRIG_GRID_USER: 'x' } });
    expect(own.settings.grid?.address).toEqual({ url: LOCAL, authorization: basic('u:p@') });
    const env = { CALLRIG_GRID_USER: 'u', CALLRIG_GRID_PASSWORD: 'p' };
    expect(resolve({ flags: { grid: LOCAL }, env }).settings.grid?.address.authorization).toBe(basic('u:p'));
  });

  test.for([
    [{ grid: 'hub:4444' }, 'http://hub:4444'],
    [{ grid: `${LOCAL}/?a=b` }, 'http://hub:4444'],
    [{ grid: LOCAL, 'grid-user': 'u' }, 'the password of u'],
    [{ grid: LOCAL, 'grid-password': 'hush' }, 'the user that the password is for'],
    [{ 'grid-user': 'u' }, 'a Grid that it is for'],
    [{ grid: 'http://hub:4444' }, '--public-url https://this-machine:8443'],
    [
      { grid: 'http://hub:4444', 'public-url': 'https://localhost:8443' },
      "an address that the Grid's nodes reach",
    ],
    [{ grid: LOCAL, 'public-url': 'http://ci.example.org' }, 'gives no camera to a page without TLS'],
    [{ grid: LOCAL, 'public-url': 'https://ci.example.org/path' }, 'an origin'],
    [{ grid: LOCAL, port: '70000' }, 'a whole number from 1 to 65535'],
    [{ grid: LOCAL, network: 'lab' }, "the Grid's browsers are not in it"],
    [{ grid: LOCAL, driver: 'playwright' }, 'puppeteer with a Grid'],
    [{ grid: LOCAL, browsers: 'opera,chrome' }, 'a browser that a Grid has'],
    [{ grid: LOCAL, browser: ['opera=/bin/opera'] }, 'no executable beside --grid'],
    [
      { grid: 'http://hub:4444', 'public-url': 'https://ci.example.org', source: 'file:/a.y4m' },
      'fake-device or test-pattern',
    ],
  ] as const)('refuses %o', ([flags, said]) => {
    const { problems } = resolve({ flags });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(said);
  });

  test('tells everything that is wrong at once, and no password', () => {
    const flags = { grid: 'ftp://u:hush@hub', browsers: 'opera', 'public-url': 'nowhere' };
    const { problems } = resolve({ flags });
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hush');
  });
});

describe("resolveSettings() with the run's own address", () => {
  test.for([
    [
      { 'public-url': 'https://ci.example.org:8443/' },
      { publicUrl: 'https://ci.example.org:8443', port: 8443 },
    ],
    [{ 'public-url': 'https://ci.example.org' }, { publicUrl: 'https://ci.example.org', port: 443 }],
    [
      { 'public-url': 'https://ci.example.org', port: '9000' },
      { publicUrl: 'https://ci.example.org', port: 9000 },
    ],
    [{ port: '9000' }, { port: 9000 }],
  ] as const)('makes of %o %o', ([flags, options]) => {
    const { settings, problems } = resolve({ flags });
    expect(problems).toEqual([]);
    expect(settings.options).toMatchObject(options);
  });
});
