import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Alarm } from '../../harness/lifecycle/alarm.ts';

const toError = (exitCode: number) => new Error(`exit code ${exitCode}`);

/** Collects garbage at once. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function ending() {
  let end: (exitCode: number) => void = () => {};
  const ended = new Promise<number>((resolve) => (end = resolve));
  return { ended, end };
}

test('Alarm rejects for all who wait if the end comes', async () => {
  const { ended, end } = ending();
  using first = new Alarm(ended, toError);
  using second = new Alarm(ended, toError);
  end(3);
  await expect(first.raised).rejects.toThrow('exit code 3');
  await expect(second.raised).rejects.toThrow('exit code 3');
});

test('Alarm rejects if the end came before', async () => {
  const { ended, end } = ending();
  end(3);
  using early = new Alarm(ended, toError);
  await expect(early.raised).rejects.toThrow('exit code 3');
  using late = new Alarm(ended, toError);
  await expect(late.raised).rejects.toThrow('exit code 3');
});

test('Alarm is silent if nobody waits for it any more', async () => {
  const { ended, end } = ending();
  const made: number[] = [];
  using other = new Alarm(ended, toError);
  new Alarm(ended, (exitCode) => {
    made.push(exitCode);
    return toError(exitCode);
  })[Symbol.dispose]();
  end(3);
  await expect(other.raised).rejects.toThrow('exit code 3');
  expect(made).toEqual([]);
});

test('Alarm leaves nothing with what it waited for, while that goes on', async () => {
  const { ended, end } = ending();
  const waited = async () => {
    const held = { of: 'a call' };
    using alarm = new Alarm(ended, toError);
    await Promise.race([Promise.resolve(held), alarm.raised]);
    return new WeakRef(held);
  };
  const held = await waited();
  await new Promise((done) => setImmediate(done));
  collect();
  expect(held.deref()).toBeUndefined();
  end(0);
});
