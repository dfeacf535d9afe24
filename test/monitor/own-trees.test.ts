import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { OwnTrees } from '../../harness/monitor/own-trees.ts';

const BURN = `
  const spin = () => { while (process.cpuUsage().user < 300_000); };
  spin();
  console.log('burnt');
  setInterval(() => {}, 1000);
`;
const BURN_BELOW = `
  const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(BURN)}], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.once('data', () => console.log(child.pid));
`;

/** A program in a process group of its own, which goes with all that it started. */
function start(program: string) {
  const child = spawn(process.execPath, ['-e', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return {
    pid: child.pid!,
    said: async () => String((await once(child.stdout, 'data'))[0]),
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  process.kill(-child.pid!, 'SIGKILL');
  await gone;
}

describe.runIf(process.platform === 'linux')('OwnTrees.usage()', () => {
  test('counts what a process used that began since it was last asked', async () => {
    const trees = new OwnTrees();
    trees.usage();
    await using program = start(BURN);
    await program.said();
    const found = trees.usage().find(({ pid }) => pid === program.pid);
    expect(found?.name).toMatch(new RegExp(` ${program.pid}$`));
    expect(found?.cores).toBeGreaterThan(0);
  });

  test('counts what children of children used as their tree', async () => {
    const trees = new OwnTrees();
    trees.usage();
    await using program = start(BURN_BELOW);
    const grandchild = Number(await program.said());
    const usage = trees.usage();
    expect(usage.map(({ pid }) => pid)).not.toContain(grandchild);
    expect(usage.find(({ pid }) => pid === program.pid)?.cores).toBeGreaterThan(0);
  });

  test('tells this process itself as harness, and of nothing that was used before it was first asked', () => {
    const harness = new OwnTrees().usage().find(({ name }) => name === 'harness');
    expect(harness).toEqual({ name: 'harness', pid: process.pid, cores: 0 });
  });

  test('forgets a tree that has ended', async () => {
    const trees = new OwnTrees();
    trees.usage();
    const program = start(BURN);
    await program.said();
    trees.usage();
    await program[Symbol.asyncDispose]();
    expect(trees.usage().map(({ pid }) => pid)).not.toContain(program.pid);
  });

  test('leaves out processes that are not its own', async () => {
    await using program = start(BURN);
    await program.said();
    const trees = new OwnTrees(program.pid);
    expect(trees.usage().map(({ pid }) => pid)).toEqual([program.pid]);
  });
});
