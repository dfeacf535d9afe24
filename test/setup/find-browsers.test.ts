import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { DISK, type Files } from '../../harness/setup/executables.mjs';
import { findBrowsers, KNOWN_BROWSERS } from '../../harness/setup/find-browsers.mjs';
import { FakeMachine } from './fake-machine.ts';

/** The disk as far as a fake machine's folder reaches. */
function within(machine: FakeMachine): Files {
  return { ...DISK, isExecutable: (file) => file.startsWith(machine.folder) && DISK.isExecutable(file) };
}

function search(machine: FakeMachine, options: Parameters<typeof findBrowsers>[0] = {}) {
  return findBrowsers({ env: machine.env, platform: 'linux', files: within(machine), ...options });
}

/** A file system that holds exactly these executables. */
function only(...executables: string[]): Files {
  return {
    isExecutable: (file) => executables.includes(file),
    list: (folder) =>
      executables
        .filter((file) => file.startsWith(`${folder}/`))
        .map((file) => file.slice(folder.length + 1).split('/')[0] ?? ''),
    head: () => '',
    realPath: (file) => file,
  };
}

describe('findBrowsers()', () => {
  test('finds Chrome and Firefox on PATH', () => {
    using machine = new FakeMachine();
    const chrome = machine.command('google-chrome');
    const firefox = machine.command('firefox-esr');
    expect(search(machine)).toEqual({
      found: [
        { name: 'chrome', kind: 'chromium', executablePath: chrome, source: 'PATH' },
        { name: 'firefox', kind: 'firefox', executablePath: firefox, source: 'PATH' },
      ],
      missing: [],
      problems: [],
    });
  });

  test('prefers Chrome to Chromium', () => {
    using machine = new FakeMachine();
    machine.command('chromium');
    const chrome = machine.command('google-chrome-stable');
    expect(search(machine, { wanted: ['chrome'] }).found[0]?.executablePath).toBe(chrome);
  });

  test('prefers flag to config, config to variable, and variable to PATH', () => {
    using machine = new FakeMachine();
    const inPath = machine.command('chromium');
    const [byVariable, byConfig, byFlag] = ['a', 'b', 'c'].map((name) =>
      machine.file(`${name}/chrome`, '', 0o755),
    );
    const env = { ...machine.env, CALLRIG_CHROME: `${byVariable}` };
    const sourcesAndPaths = [
      { explicit: { chrome: `${byFlag}` }, config: { chrome: `${byConfig}` }, env },
      { config: { chrome: `${byConfig}` }, env },
      { env },
      {},
    ].map((options) => search(machine, { wanted: ['chrome'], ...options }).found[0]);
    expect(sourcesAndPaths.map((browser) => [browser?.source, browser?.executablePath])).toEqual([
      ['--browser', byFlag],
      ['config', byConfig],
      ['CALLRIG_CHROME', byVariable],
      ['PATH', inPath],
    ]);
  });

  test("takes another tool's variable only for the family it names", () => {
    using machine = new FakeMachine();
    const executablePath = machine.file('given/firefox', '', 0o755);
    const { found, missing } = search(machine, {
      env: { ...machine.env, PUPPETEER_EXECUTABLE_PATH: executablePath },
    });
    expect(found).toEqual([
      { name: 'firefox', kind: 'firefox', executablePath, source: 'PUPPETEER_EXECUTABLE_PATH' },
    ]);
    expect(missing.map(({ name }) => name)).toEqual(['chrome']);
  });

  test("takes the newest version in puppeteer's cache", () => {
    using machine = new FakeMachine();
    for (const version of ['99.0.1', '148.0.2', '148.0.10']) {
      machine.file(`home/.cache/puppeteer/chrome/linux-${version}/chrome-linux64/chrome`, '', 0o755);
    }
    const [chrome] = search(machine, { wanted: ['chrome'] }).found;
    expect(chrome?.source).toBe('puppeteer cache');
    expect(chrome?.executablePath).toContain('linux-148.0.10');
  });

  test("passes over Ubuntu's stub that asks for a snap", () => {
    using machine = new FakeMachine();
    machine.command('chromium-browser', 'echo "Command requires the chromium snap to be installed."');
    expect(search(machine, { wanted: ['chrome'] }).found).toEqual([]);
  });

  test('takes a snap only if there is nothing else', () => {
    const snap = '/snap/bin/chromium';
    const env = { PATH: '/snap/bin:/usr/bin' };
    const wanted = ['chrome'];
    const pick = (...files: string[]) =>
      findBrowsers({ wanted, env, platform: 'linux', files: only(...files) }).found[0]?.executablePath;
    expect(pick(snap)).toBe(snap);
    expect(pick(snap, '/opt/google/chrome/chrome')).toBe('/opt/google/chrome/chrome');
  });

  test.for([
    ['darwin', '/Applications/Firefox.app/Contents/MacOS/firefox', { HOME: '/Users/a' }],
    ['darwin', '/Users/a/Applications/Firefox.app/Contents/MacOS/firefox', { HOME: '/Users/a' }],
    ['win32', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe', { ProgramFiles: 'C:\\Program Files' }],
    ['win32', 'D:\\tools\\firefox.exe', { Path: 'C:\\Windows;D:\\tools' }],
    ['linux', '/usr/lib/firefox-esr/firefox-esr', {}],
  ] as const)('finds Firefox on %s at %s', ([platform, executablePath, env]) => {
    const { found } = findBrowsers({ wanted: ['firefox'], env, platform, files: only(executablePath) });
    expect(found.map((browser) => browser.executablePath)).toEqual([executablePath]);
  });

  test('says where it looked if a browser is nowhere', () => {
    using machine = new FakeMachine();
    const [missing] = search(machine, { wanted: ['edge'] }).missing;
    expect(missing).toMatchObject({ name: 'edge', kind: 'chromium' });
    expect(missing?.looked.join('\n')).toMatch(/CALLRIG_EDGE[^]*microsoft-edge[^]*\/opt\/microsoft\/msedge/);
  });

  test('reports every problem at once, each with the nearest thing that exists', () => {
    using machine = new FakeMachine();
    const chromium = machine.file('given/chromium', '', 0o755);
    const notExecutable = machine.file('given/notes.txt', '');
    const { problems } = search(machine, {
      wanted: ['operra', 'opera', 'edge'],
      explicit: { opera: path.join(path.dirname(chromium), 'chromiun'), edge: notExecutable },
    });
    expect(problems).toEqual([
      expect.objectContaining({
        path: '--browsers',
        got: '"operra"',
        hint: expect.stringContaining('opera?'),
      }),
      expect.objectContaining({ path: '--browser opera', hint: `did you mean ${chromium}?` }),
      expect.objectContaining({ path: '--browser edge', got: `${notExecutable}, which is not one` }),
    ]);
  });

  test('names the executable inside if a folder is given', () => {
    using machine = new FakeMachine();
    const executable = machine.file('opt/firefox/firefox', '', 0o755);
    const explicit = { firefox: path.dirname(executable) };
    const { problems } = search(machine, { wanted: ['firefox'], explicit });
    expect(problems[0]?.hint).toBe(`did you mean ${executable}?`);
  });

  test('wants every explicit browser beside the usual two if nobody says which', () => {
    using machine = new FakeMachine();
    machine.command('chromium');
    machine.command('firefox');
    const opera = machine.file('opt/opera', '', 0o755);
    const { found } = search(machine, { explicit: { opera } });
    expect(found.map(({ name, kind }) => [name, kind])).toEqual([
      ['chrome', 'chromium'],
      ['firefox', 'firefox'],
      ['opera', 'chromium'],
    ]);
  });

  test('asks an executable for its version if its name says nothing', () => {
    using machine = new FakeMachine();
    const browser = machine.command('start', 'echo "Mozilla Firefox 153.7.0esr"');
    const mute = machine.command('mute', 'exit 1');
    const { found, problems } = search(machine, {
      wanted: ['mine', 'mute'],
      explicit: { mine: browser, mute },
    });
    expect(found).toEqual([{ name: 'mine', kind: 'firefox', executablePath: browser, source: '--browser' }]);
    expect(problems[0]?.hint).toContain(`mute=chromium:${mute}`);
  });

  test('believes a forced kind', () => {
    using machine = new FakeMachine();
    const executablePath = machine.command('firefox-like');
    const { found } = search(machine, { wanted: ['odd'], explicit: { odd: `chromium:${executablePath}` } });
    expect(found).toEqual([{ name: 'odd', kind: 'chromium', executablePath, source: '--browser' }]);
  });

  test('knows no name that a matrix cell could not hold', () => {
    expect(Object.keys(KNOWN_BROWSERS).filter((name) => /[:,]/.test(name))).toEqual([]);
  });
});
