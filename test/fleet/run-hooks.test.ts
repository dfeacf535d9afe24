import { describe, expect, test } from 'vitest';
import { judgeStored } from '../../harness/commands/judge-stored.ts';
import { order, runFake } from './a-run.ts';

const TWO_CALLS = ['chrome:firefox', 'chrome:firefox'];

describe('runPlan()', () => {
  test("runs the scenario's setup before the first call and its teardown after the last, with what setup returned", async () => {
    const log: string[] = [];
    await using run = await runFake({
      calls: TWO_CALLS,
      params: { size: 4 },
      setup: ({ params }) => {
        log.push(`setup ${JSON.stringify(params)}`);
        return { room: 'blue' };
      },
      script: async ({ data, params }) => void log.push(`call ${JSON.stringify({ data, params })}`),
      teardown: ({ data, params }) => void log.push(`teardown ${JSON.stringify({ data, params })}`),
    });
    const both = '{"data":{"room":"blue"},"params":{"size":4}}';
    expect(log).toEqual(['setup {"size":4}', `call ${both}`, `call ${both}`, `teardown ${both}`]);
    expect(order(run.events)).toHaveLength(4);
  });

  test('makes no call if setup threw; the run is a script exception that names the hook', async () => {
    let isTornDown = false;
    await using run = await runFake({
      setup: () => Promise.reject(new RangeError('no room left')),
      script: async () => {},
      teardown: () => void (isTornDown = true),
    });
    expect(order(run.events)).toEqual([]);
    expect(isTornDown).toBe(false);
    const result = await judgeStored(run.stored);
    expect(result).toMatchObject({ status: 'errored', exitCode: 107 });
    expect(result.headline).toContain("the scenario's setup() threw RangeError: no room left");
  });

  test('keeps what calls found out if teardown threw, and exits with a script exception', async () => {
    await using run = await runFake({
      script: async ({ check }) => check({ name: 'it holds', passed: true, expected: '', actual: '' }),
      teardown: () => Promise.reject(new Error('the room is still open')),
    });
    const result = await judgeStored(run.stored);
    expect(result).toMatchObject({ status: 'errored', exitCode: 107 });
    expect(result.reasons).toContainEqual(
      expect.objectContaining({ kind: 'fault', name: 'teardown', phase: 'script' }),
    );
    expect(result.checks).toEqual({ passed: 1, failed: 0, inconclusive: 0 });
  });

  test('runs teardown when calls broke, and when the run was stopped', async () => {
    const stop = new AbortController();
    const torn: unknown[] = [];
    await using broken = await runFake({
      setup: () => 1,
      script: () => Promise.reject(new Error('no')),
      teardown: ({ data }) => void torn.push(data),
    });
    expect(Object.values(broken.records)[0]?.fault).toBeDefined();
    await using stopped = await runFake({
      calls: TWO_CALLS,
      signal: stop.signal,
      setup: () => 2,
      script: async () => stop.abort('SIGINT'),
      teardown: ({ data }) => void torn.push(data),
    });
    expect(order(stopped.events)).toHaveLength(2);
    expect(torn).toEqual([1, 2]);
  });

  test('refuses data that JSON would change', async () => {
    await using run = await runFake({ setup: () => ({ at: new Date(0) }), script: async () => {} });
    expect(run.events).toContainEqual(
      expect.objectContaining({
        type: 'hook-failed',
        message: expect.stringContaining('what JSON can hold'),
      }),
    );
  });

  test('gives each call data of its own to change', async () => {
    const seen: unknown[] = [];
    await using _run = await runFake({
      calls: TWO_CALLS,
      setup: () => ({ names: ['a'] }),
      script: async ({ data }) => {
        const { names } = data as { names: string[] };
        seen.push([...names]);
        names.push('b');
      },
    });
    expect(seen).toEqual([['a'], ['a']]);
  });
});
