import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { findBrowsers } from '../../../harness/setup/find-browsers.mjs';
import { isAlive } from '../../../harness/setup/lock.mjs';
import { findCommand } from '../../../harness/setup/processes.mjs';
import { aptSource } from '../../../harness/setup/versions/apt-source.mjs';
import {
  installVersion,
  versionsToBeHad,
  type VersionSource,
} from '../../../harness/setup/versions/install-version.mjs';
import { npmSource } from '../../../harness/setup/versions/npm-source.mjs';
import { FakeMachine } from '../fake-machine.ts';

const CHROME_138 = { browser: 'chrome', version: '138' };
const says = (line: string) => `#!/bin/sh\necho "${line}"\n`;

/** Unpacks this program. */
const unpacking = (program: string, name = 'a shelf'): VersionSource => ({
  name,
  list: async () => [],
  install: async (_, folder) => {
    writeFileSync(path.join(folder, 'chrome'), program, { mode: 0o755 });
    await Promise.resolve();
    return { executable: 'chrome' };
  },
});
/** Unpacks a program that says this. */
const having = (line: string) => unpacking(says(line));
/** A headless Chromium of old: refuses to run as root, and answers for its version only when it runs. */
const startedOnly = (product: string, marker: string) => `#!${process.execPath}
if (!process.argv.includes('--no-sandbox')) {
  console.error('Running as root without --no-sandbox is not supported.');
  process.exit(1);
}
require('fs').writeFileSync(${JSON.stringify(marker)}, String(process.pid));
const server = require('http').createServer((request, response) => {
  response.end(JSON.stringify({ Browser: ${JSON.stringify(product)} }));
});
server.listen(0, '127.0.0.1', () => {
  console.error('no GPU here');
  console.error('DevTools listening on ws://127.0.0.1:' + server.address().port + '/devtools/browser/1');
});
`;
const empty = (name: string): VersionSource => ({
  name,
  list: async () => [],
  install: () => Promise.reject(new Error('sold out')),
});

const cacheOf = ({ home }: FakeMachine) => path.join(home, '.cache', 'callrig', 'browsers');
const install = (machine: FakeMachine, sources: VersionSource[], wanted = CHROME_138) =>
  installVersion(wanted, { env: machine.env, log: machine.log, sources });

describe('installVersion()', () => {
  test('takes the first source that has it, names those that have not, and keeps it', async () => {
    using machine = new FakeMachine();
    const got = await install(machine, [empty('one'), having('Chromium 138.0.7204.1')]);
    expect(got).toMatchObject({ version: '138.0.7204.1', source: 'a shelf' });
    expect(machine.said).toEqual(['chrome@138: not from one: sold out']);
    expect(readdirSync(cacheOf(machine))).toEqual(['chrome@138.0.7204.1']);
    const again = await install(machine, [empty('one')]);
    expect(again).toMatchObject({ version: '138.0.7204.1' });
  });

  test('says what every source came to if none has it, and leaves nothing', async () => {
    using machine = new FakeMachine();
    await expect(install(machine, [empty('one'), empty('two')])).resolves.toEqual({
      reasons: ['one: sold out', 'two: sold out'],
    });
    expect(readdirSync(cacheOf(machine))).toEqual([]);
  });

  test.for([
    ['is of another version', 'Chromium 137.0.1'],
    ['says no version', 'hello'],
  ])('keeps no browser that %s', async ([, line = '']) => {
    using machine = new FakeMachine();
    await expect(install(machine, [having(line)])).resolves.toMatchObject({
      reasons: [expect.stringContaining('another version') as string],
    });
    expect(readdirSync(cacheOf(machine))).toEqual([]);
  });

  test.for<[why: string, browser: string, script: string, says: string]>([
    ['ends at once', 'chrome', 'exit 127', 'it does not start here: it ended without a word'],
    [
      'lacks a library',
      'chrome',
      'echo no libnss3.so >&2; exit 127',
      'it does not start here: no libnss3.so',
    ],
    ['lacks a library', 'firefox', 'echo no libgtk >&2; exit 255', 'it does not start here: no libgtk'],
    ['ends at once', 'firefox', 'exit 255', 'it does not start here: it ended with code 255'],
  ])('keeps no browser that %s: %s', async ([, browser, script, why]) => {
    using machine = new FakeMachine();
    const wanted = { browser, version: '138' };
    await expect(install(machine, [unpacking(`#!/bin/sh\n${script}\n`)], wanted)).resolves.toEqual({
      reasons: [`a shelf: ${why}`],
    });
    expect(readdirSync(cacheOf(machine))).toEqual([]);
  });

  test('starts a Chromium that does not know --version, asks it, and ends it', async () => {
    using machine = new FakeMachine();
    const marker = path.join(machine.folder, 'pid');
    const got = await install(machine, [unpacking(startedOnly('HeadlessChrome/138.0.1', marker))]);
    expect(got).toMatchObject({ version: '138.0.1' });
    expect(isAlive(Number(readFileSync(marker, 'utf8')))).toBe(false);
  });

  test('keeps no Chromium that says another version once it runs', async () => {
    using machine = new FakeMachine();
    const marker = path.join(machine.folder, 'pid');
    await expect(
      install(machine, [unpacking(startedOnly('HeadlessChrome/119.0.1', marker))]),
    ).resolves.toEqual({
      reasons: ['a shelf: it is of another version: HeadlessChrome/119.0.1'],
    });
    expect(isAlive(Number(readFileSync(marker, 'utf8')))).toBe(false);
  });
});

describe('findBrowsers()', () => {
  test('finds a version in the cache, the newest of its parts', async () => {
    using machine = new FakeMachine();
    await install(machine, [having('Chromium 138.0.1')], { browser: 'chrome', version: '138.0.1' });
    await install(machine, [having('Chromium 138.0.20')], { browser: 'chrome', version: '138.0.20' });
    const { found } = findBrowsers({ wanted: ['chrome@138'], env: machine.env, platform: 'linux' });
    expect(found).toMatchObject([
      { name: 'chrome@138', kind: 'chromium', version: '138.0.20', source: 'callrig cache' },
    ]);
  });

  test('takes an executable that is given for a version', () => {
    using machine = new FakeMachine();
    const executablePath = machine.command('chromium', 'echo Chromium 1.2');
    const { found } = findBrowsers({ explicit: { 'chrome@138': executablePath }, env: machine.env });
    expect(found.find(({ name }) => name === 'chrome@138')).toMatchObject({ executablePath });
  });

  test('misses a version that is nowhere', () => {
    using machine = new FakeMachine();
    const { missing } = findBrowsers({ wanted: ['firefox@3'], env: machine.env, platform: 'linux' });
    expect(missing).toMatchObject([{ name: 'firefox@3', kind: 'firefox' }]);
  });

  test('has a problem with a version of a browser that cannot be had by version', () => {
    using machine = new FakeMachine();
    expect(findBrowsers({ wanted: ['opera@99'], env: machine.env }).problems).toHaveLength(1);
  });
});

/** `tar` that the machine may use. */
function withTar(machine: FakeMachine): void {
  for (const command of ['tar', 'gzip', 'cp', 'ln']) {
    const real = findCommand(command, process.env);
    if (real) machine.command(command, `exec ${real} "$@"`);
  }
}

describe.runIf(process.platform === 'linux' && process.arch === 'x64')("npm's Chromium", () => {
  /** `npm` that knows two releases and packs a compressed browser. */
  function withNpm(machine: FakeMachine): void {
    withTar(machine);
    const bin = path.join(machine.folder, 'made', 'package', 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, 'chromium.br'), brotliCompressSync(says('Chromium 138.0.7204.0')));
    machine.command(
      'npm',
      `case "$1" in
      view) echo '["10.1.0","137.0.0","138.0.2","138.0.1","139.0.0-next.1"]';;
      pack) echo "$@" > ${machine.folder}/asked; tar -czf "$PWD/x.tgz" -C ${machine.folder}/made package;;
      esac`,
    );
  }

  test('is packed, unpacked and started', async () => {
    using machine = new FakeMachine();
    withNpm(machine);
    await expect(install(machine, [npmSource])).resolves.toMatchObject({ version: '138.0.7204.0' });
    expect(machine.lines('asked')[0]).toContain('@sparticuz/chromium@138.0.2 --ignore-scripts');
    const [kept = ''] = readdirSync(cacheOf(machine));
    expect(readdirSync(path.join(cacheOf(machine), kept)).toSorted()).toEqual(['browser.json', 'chromium']);
  });

  test('is packed by the npm that runs Callrig, which no PATH need have', async () => {
    using machine = new FakeMachine();
    withTar(machine);
    const script = machine.file('npm-cli.js', 'process.exit(1);');
    const env = { ...machine.env, npm_execpath: script };
    const wanted = { env, log: machine.log, sources: [npmSource] };
    await expect(installVersion(CHROME_138, wanted)).resolves.toEqual({
      reasons: ["npm's @sparticuz/chromium: it has no such version, or no registry answers"],
    });
  });

  test('is not had in a version that is not released', async () => {
    using machine = new FakeMachine();
    withNpm(machine);
    await expect(install(machine, [npmSource], { browser: 'chrome', version: '139' })).resolves.toEqual({
      reasons: ["npm's @sparticuz/chromium: it has no such version, or no registry answers"],
    });
  });

  test('is no Firefox', async () => {
    using machine = new FakeMachine();
    withNpm(machine);
    await expect(install(machine, [npmSource], { browser: 'firefox', version: '138' })).resolves.toEqual({
      reasons: ["npm's @sparticuz/chromium: it has Chromium only"],
    });
  });

  test('is among the versions to be had, each major once', async () => {
    using machine = new FakeMachine();
    withNpm(machine);
    const means = { env: machine.env, log: machine.log, sources: [npmSource] };
    await expect(versionsToBeHad({ browser: 'chrome', from: '100', to: '138' }, means)).resolves.toEqual([
      '137',
      '138',
    ]);
  });
});

describe.runIf(process.platform === 'linux')("apt's other versions", () => {
  function withApt(machine: FakeMachine): void {
    machine.command(
      'apt-cache',
      `[ "$2" = firefox-esr ] && echo "firefox-esr | 153.7.0esr-1 | somewhere main" && echo "firefox-esr | 140.12.0esr-1~deb12u1 | elsewhere main"; exit 0`,
    );
    machine.command('apt-get', `echo "$@" > ${machine.folder}/asked; touch_file="x.deb"; : > "$touch_file"`);
    machine.command(
      'dpkg-deb',
      `mkdir -p "$3/usr/lib/firefox-esr"; cat > "$3/usr/lib/firefox-esr/firefox-esr" <<X
#!/bin/sh
echo Mozilla Firefox 140.12.0esr
X
${findCommand('chmod', process.env)} 755 "$3/usr/lib/firefox-esr/firefox-esr"`,
    );
  }

  test('are downloaded and unpacked, not installed', async () => {
    using machine = new FakeMachine();
    withApt(machine);
    const got = await install(machine, [aptSource], { browser: 'firefox', version: '140' });
    expect(got).toMatchObject({ version: '140.12.0', source: 'the packages of apt' });
    expect(machine.lines('asked')).toEqual(['download -qq firefox-esr=140.12.0esr-1~deb12u1']);
    expect(existsSync('executablePath' in got ? got.executablePath : '')).toBe(true);
  });

  test('are not had if apt does not know them', async () => {
    using machine = new FakeMachine();
    withApt(machine);
    await expect(install(machine, [aptSource])).resolves.toEqual({
      reasons: ['the packages of apt: apt knows no chromium of that version'],
    });
  });
});
