import { cpSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FakeMachine } from './fake-machine.ts';

const SETUP = fileURLToPath(new URL('../../harness/setup', import.meta.url));
/** How versions are written, which the search for browsers needs. */
const VERSIONS = fileURLToPath(new URL('../../harness/versions', import.meta.url));

/** Runs the bootstrap of a copy of these rooms in a repository that has nothing else. */
function bootstrap(machine: FakeMachine, { nodeArgs = [] as string[], args = [] as string[] } = {}) {
  cpSync(SETUP, path.join(machine.root, 'harness', 'setup'), { recursive: true });
  cpSync(VERSIONS, path.join(machine.root, 'harness', 'versions'), { recursive: true });
  machine.file('repository/package.json', '{ "type": "module" }');
  const script = path.join(machine.root, 'harness', 'setup', 'bootstrap.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, script, ...args], {
    env: machine.env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('bootstrap', () => {
  test('needs no dependency and prints nothing if all is there', () => {
    using machine = new FakeMachine();
    expect(bootstrap(machine, { args: ['--no-browsers'] })).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('keeps stdout clean while npm talks', () => {
    using machine = new FakeMachine();
    machine.file('repository/package-lock.json', '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');
    machine.command('npm', 'echo added 1 package');
    const { status, stdout, stderr } = bootstrap(machine, { args: ['--no-browsers'] });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toMatch(/callrig: node_modules is missing[^]*added 1 package/);
  });

  test('ends with 112 and a clear message if Node is too old', () => {
    using machine = new FakeMachine();
    const old =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })";
    const { status, stderr } = bootstrap(machine, { nodeArgs: ['--import', `data:text/javascript,${old}`] });
    expect(status).toBe(112);
    expect(stderr).toContain('expected Node 20.19 or newer, got 18.20.4');
  });
});
