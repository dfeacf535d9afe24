import { expect, test } from 'vitest';
import { runFake, type Script } from './a-run.ts';

const nothing: Script = async () => {};
const NEEDS = { callee: ['codec:video/AV1', 'dtmf'] } as const;
const needs = () => ({ callee: [...NEEDS.callee] });

test('runCall() plays no script and is unsupported if a browser says that it lacks what is needed', async () => {
  let played = false;
  await using run = await runFake({
    needs: needs(),
    agent: () => ({ answers: { evaluate: ({ arg }) => arg !== 'video/AV1' } }),
    script: async () => {
      played = true;
      await Promise.resolve();
    },
  });
  expect(run.records['1']!.fault).toMatchObject({
    status: 'unsupported',
    role: 'callee',
    message: "callee's browser lacks codec:video/AV1 (firefox, version 1.2.3)",
  });
  expect(played).toBe(false);
});

test('runCall() plays the script if the browsers have all that is needed', async () => {
  await using run = await runFake({
    needs: needs(),
    agent: () => ({ answers: { evaluate: () => true } }),
    script: nothing,
  });
  expect(run.records['1']!.fault).toBeUndefined();
});

test('runPlan() asks each browser once for all of its calls', async () => {
  const asked: unknown[] = [];
  await using run = await runFake({
    needs: needs(),
    calls: ['chrome:firefox', 'chrome:firefox', 'chrome:chrome'],
    agent: () => ({ answers: { evaluate: ({ arg }) => (asked.push(arg), true) } }),
    script: nothing,
  });
  // Of the callees: firefox, then chrome.
  expect(asked.map(String).toSorted((a, b) => a.localeCompare(b))).toEqual([
    '',
    '',
    'video/AV1',
    'video/AV1',
  ]);
  expect(Object.keys(run.records)).toHaveLength(3);
});

test('runPlan() asks every person', async () => {
  const asked: unknown[] = [];
  await using run = await runFake({
    needs: { callee: ['dtmf'] },
    calls: ['chrome:manual', 'chrome:manual'],
    agent: () => ({ answers: { evaluate: ({ arg }) => (asked.push(arg), true) } }),
    script: nothing,
  });
  expect(asked).toHaveLength(2);
  expect(run.records['2']!.fault).toBeUndefined();
});

test('runPlan() asks again if the page broke while it was asked', async () => {
  const fault = () => {
    throw new Error('gone');
  };
  await using run = await runFake({
    needs: { callee: ['dtmf'] },
    calls: ['chrome:firefox', 'chrome:firefox'],
    agent: (_, nth) => ({ answers: { evaluate: nth === 0 ? fault : () => true } }),
    script: nothing,
  });
  expect(run.records['1']!.fault).toMatchObject({ message: expect.stringContaining('gone') as string });
  expect(run.records['2']!.fault).toBeUndefined();
});
