import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { downloadBrowser } from '../../harness/setup/download-browser.mjs';
import { FakeMachine } from './fake-machine.ts';

/** Runs a download whose worker is this script, with short patience. */
async function download(machine: FakeMachine, worker: string) {
  const file = machine.file('worker.mjs', worker);
  // Node itself must be found, and no browser but the fake one.
  const why = await downloadBrowser('firefox', {
    env: machine.env,
    log: machine.log,
    firstByteMs: 5000,
    stallMs: 50,
    worker: file,
  });
  const cache = path.join(machine.home, '.cache', 'puppeteer');
  return { why, left: readdirSync(cache, { recursive: true }).map(String) };
}

const WHOLE = `
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
const folder = process.argv[3] + '/firefox/linux-1';
mkdirSync(folder + '/firefox', { recursive: true });
writeFileSync(folder + '/firefox/firefox', '#!/bin/sh\\nSCRIPT\\n');
chmodSync(folder + '/firefox/firefox', 0o755);
process.send({ bytes: 10, total: 10 });
process.send({ executablePath: folder + '/firefox/firefox', path: folder }, () => process.disconnect());`;

describe('downloadBrowser()', () => {
  test('moves a whole download into the cache', async () => {
    using machine = new FakeMachine();
    const { why, left } = await download(machine, WHOLE.replace('SCRIPT', 'echo Firefox 1'));
    expect(why).toBeUndefined();
    expect(left).toContain(path.join('firefox', 'linux-1', 'firefox', 'firefox'));
    expect(left.filter((entry) => entry.startsWith('.callrig'))).toEqual([]);
  });

  test('keeps nothing if the browser does not start', async () => {
    using machine = new FakeMachine();
    const { why, left } = await download(machine, WHOLE.replace('SCRIPT', 'exit 127'));
    expect(why).toContain('does not start');
    expect(left).toEqual([]);
  });

  test('gives up if no byte comes', async () => {
    using machine = new FakeMachine();
    const worker = machine.file('silent.mjs', 'setInterval(() => {}, 1000)');
    const why = await downloadBrowser('firefox', {
      env: machine.env,
      log: machine.log,
      firstByteMs: 50,
      worker,
    });
    expect(why).toBe('no byte came within 0.05 s');
  });

  test('gives up if the bytes stop coming', async () => {
    using machine = new FakeMachine();
    const worker = 'process.send({ bytes: 25e6, total: 100e6 }); setInterval(() => {}, 1000)';
    const { why, left } = await download(machine, worker);
    expect(why).toBe('it stalled after 25 MB');
    expect(machine.said).toEqual(['firefox: 25 MB of 100 MB']);
    expect(left).toEqual([]);
  });

  test.for([
    ["process.send({ failed: 'no such host' }, () => process.disconnect())", 'no such host'],
    ['process.exit(1)', 'the download ended without a word'],
  ])('says why if the worker fails: %s', async ([worker, expected]) => {
    using machine = new FakeMachine();
    expect((await download(machine, `${worker}`)).why).toBe(expected);
  });
});
