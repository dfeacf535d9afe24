import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { withLock } from '../../harness/setup/lock.mjs';
import { FakeMachine } from './fake-machine.ts';

describe('withLock()', () => {
  test('lets one in at a time and leaves nothing behind', async () => {
    using machine = new FakeMachine();
    const folder = path.join(machine.root, '.callrig', 'setup.lock');
    let inside = 0;
    let most = 0;
    const body = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    const waited: number[] = [];
    const onWait = (pid: number) => void waited.push(pid);
    await Promise.all([1, 2, 3].map(() => withLock(folder, { onWait, body })));
    expect(most).toBe(1);
    expect(waited).toEqual([process.pid, process.pid]);
    expect(readdirSync(path.dirname(folder))).toEqual([]);
  });

  test('is taken from a process that is gone', async () => {
    using machine = new FakeMachine();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    machine.file(`repository/setup.lock/${pid}-gone`);
    const folder = path.join(machine.root, 'setup.lock');
    const onWait = () => expect.fail('nobody holds it');
    await expect(withLock(folder, { onWait, body: async () => 'in' })).resolves.toBe('in');
  });

  test('is released if the body throws', async () => {
    using machine = new FakeMachine();
    const folder = path.join(machine.root, 'setup.lock');
    const body = () => Promise.reject(new Error('inside'));
    await expect(withLock(folder, { onWait: () => {}, body })).rejects.toThrow('inside');
    expect(existsSync(folder)).toBe(false);
  });
});
