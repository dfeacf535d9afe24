import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepare } from '../../harness/setup/prepare.mjs';
import { FakeMachine } from './fake-machine.ts';

const LOCK = JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } });
const BINARIES: Record<string, string> = { chrome: 'chromium', firefox: 'firefox-esr', coturn: 'turnserver' };

/** A clone with fake npm and apt-get. What is "installed" is an executable in its PATH. */
class FakeClone extends FakeMachine {
  constructor({ there = [] as string[] } = {}) {
    super();
    this.file('repository/package-lock.json', LOCK);
    this.command(
      'npm',
      `echo "$@" >> ${this.folder}/npm.log\necho chatter\nmkdir -p node_modules\ncp package-lock.json node_modules/.package-lock.json`,
    );
    for (const thing of there) this.command(`${BINARIES[thing]}`);
  }

  withModules(): this {
    this.file('repository/node_modules/.package-lock.json', LOCK);
    return this;
  }

  /** apt-get installs every package that it has as a command of that name. */
  withApt({ fails = 'never' } = {}): this {
    this.command('apt-cache', 'echo "Package: x"');
    this.command('true');
    this.command(
      'apt-get',
      `echo "$@" >> ${this.folder}/apt.log
case "$*" in *${fails}*) exit 100;; esac
[ "$1" = install ] || exit 0
for name in "$@"; do
  case $name in
    chromium|firefox-esr) printf '#!/bin/sh\\n' > ${this.bin}/$name; /bin/chmod +x ${this.bin}/$name;;
    coturn) printf '#!/bin/sh\\n' > ${this.bin}/turnserver; /bin/chmod +x ${this.bin}/turnserver;;
  esac
done`,
    );
    return this;
  }

  prepare({
    args = [] as string[],
    env = {},
    download = async () => 'no such host' as string | undefined,
  } = {}) {
    const locate = (thing: string) => {
      const file = path.join(this.bin, `${BINARIES[thing]}`);
      return existsSync(file) ? file : undefined;
    };
    return prepare({
      args,
      env: { ...this.env, ...env },
      root: this.root,
      log: this.log,
      means: { locate, download },
    });
  }
}

const EVERYTHING = ['chrome', 'firefox', 'coturn'];

describe('prepare()', () => {
  test('says and does nothing if all is there', async () => {
    using clone = new FakeClone({ there: EVERYTHING }).withModules();
    await expect(clone.prepare()).resolves.toBe(0);
    expect(clone.said).toEqual([]);
    expect(readdirSync(clone.root).toSorted()).toEqual(['node_modules', 'package-lock.json']);
  });

  test('runs npm ci without install scripts if node_modules is missing, once for two at a time', async () => {
    using clone = new FakeClone({ there: EVERYTHING });
    await expect(Promise.all([clone.prepare(), clone.prepare()])).resolves.toEqual([0, 0]);
    expect(clone.lines('npm.log')).toEqual([
      'ci --ignore-scripts --include=dev --no-audit --no-fund --no-update-notifier --loglevel=error',
    ]);
    expect(clone.said).toContain(`waiting for process ${process.pid}, which is installing`);
  });

  test('ends with 112 if npm ci fails', async () => {
    using clone = new FakeClone({ there: EVERYTHING });
    clone.command('npm', 'exit 1');
    await expect(clone.prepare()).resolves.toBe(112);
    expect(clone.said.at(-1)).toMatch(/^npm's packages could not be installed: npm ci .* ended with code 1$/);
  });

  test('downloads browsers, and installs by apt-get what did not download', async () => {
    using clone = new FakeClone({ there: ['coturn'] }).withModules().withApt();
    const download = async (browser = '') => {
      if (browser === 'firefox') return 'no such host';
      clone.command('chromium');
      return undefined;
    };
    await expect(clone.prepare({ download })).resolves.toBe(0);
    expect(clone.said).toContain('firefox was not downloaded: no such host');
    expect(clone.lines('apt.log')).toEqual(['update -qq', 'install -y --no-install-recommends firefox-esr']);
  });

  test('says what it does before it does it', async () => {
    using clone = new FakeClone().withModules().withApt();
    const download = async (browser = '') => {
      expect(clone.said.join('\n')).toContain(`${browser} is missing: downloading it`);
      return 'no such host';
    };
    await clone.prepare({ download });
    expect(clone.said.filter((line) => line.includes('apt-get install'))).toHaveLength(2);
  });

  test('only warns if coturn cannot be installed, and does not try again', async () => {
    using clone = new FakeClone({ there: ['chrome', 'firefox'] }).withModules().withApt({ fails: 'coturn' });
    await expect(clone.prepare()).resolves.toBe(0);
    expect(clone.said.join('\n')).toMatch(/coturn could not be installed .* no relayed calls/);
    const said = clone.said.length;
    await expect(clone.prepare()).resolves.toBe(0);
    expect(clone.said).toHaveLength(said);
    expect(clone.lines('apt.log')).toHaveLength(2);
  });

  test('goes on with one browser if the other cannot be had, and says so every time without trying again', async () => {
    using clone = new FakeClone({ there: ['chrome', 'coturn'] }).withModules();
    await expect(clone.prepare()).resolves.toBe(0);
    clone.said.length = 0;
    const download = () => expect.fail('it was tried again');
    await expect(clone.prepare({ download })).resolves.toBe(0);
    expect(clone.said).toEqual([expect.stringMatching(/^firefox is still missing .*npm run setup/)]);
  });

  test('ends with 112 and the commands to run if no browser can be had', async () => {
    using clone = new FakeClone({ there: ['coturn'] }).withModules();
    await expect(clone.prepare()).resolves.toBe(112);
    expect(clone.said).toContain('  to get it: npx puppeteer browsers install chrome');
  });

  test('installs nothing and prints every command if CALLRIG_NO_INSTALL is set', async () => {
    using clone = new FakeClone().withApt();
    const env = { CALLRIG_NO_INSTALL: '1' };
    const download = () => expect.fail('it was downloaded');
    await expect(clone.prepare({ env, download })).resolves.toBe(112);
    const said = clone.said.join('\n');
    expect(said).toContain('npm ci --ignore-scripts --include=dev');
    expect(said).toMatch(
      /chrome: npx puppeteer browsers install chrome, or: .*apt-get install -y .*chromium/,
    );
    expect(said).toMatch(/coturn \(optional\): .*apt-get install -y .*coturn/);
    expect(clone.lines('npm.log')).toEqual([]);
    expect(clone.lines('apt.log')).toEqual([]);
  });

  test('goes on under CALLRIG_NO_INSTALL if only coturn is missing', async () => {
    using clone = new FakeClone({ there: ['chrome', 'firefox'] }).withModules();
    await expect(clone.prepare({ env: { CALLRIG_NO_INSTALL: '1' } })).resolves.toBe(0);
  });

  test('looks for no browsers with --no-browsers', async () => {
    using clone = new FakeClone().withModules();
    await expect(clone.prepare({ args: ['--no-browsers'] })).resolves.toBe(0);
    expect(clone.said).toEqual([]);
  });

  test('refuses an argument it does not know', async () => {
    using clone = new FakeClone();
    await expect(clone.prepare({ args: ['--no-browser'] })).resolves.toBe(104);
  });
});
