import { expect, test } from 'vitest';
import type { PlannedCell } from '../../harness/plan/plan.ts';
import { builtInto, spokenBy, whyNotOver } from '../../harness/plan/signaling.ts';

const cell = (signaling?: string): PlannedCell => ({
  id: 'chrome:firefox',
  assignment: { caller: 'chrome', callee: 'firefox' },
  ...(signaling !== undefined && { signaling }),
});

test.for([
  [undefined, 'ws', 'ws'],
  ['sse', 'sse', 'sse'],
  ['whip', 'whip', 'ws'],
  ['ours', 'ours', 'ours'],
] as const)(
  'spokenBy() has the caller and the callee of a call over %s speak %s and %s',
  ([name, caller, callee]) => {
    expect([spokenBy('caller', cell(name)), spokenBy('callee', cell(name))]).toEqual([caller, callee]);
  },
);

test('builtInto() names what the calls of a plan need, once', () => {
  const cells = [cell('whip'), cell('sse'), cell('sse'), cell('ours')];
  expect(builtInto({ cells })).toEqual(['ws', 'sse', 'whip']);
});

test('whyNotOver() lets only one offer per call go over WHIP', () => {
  const none = { faults: 0, options: {} };
  expect(whyNotOver('whip', { name: 'p2p-call', offers: 'once' }, none)).toBeUndefined();
  expect(whyNotOver('whep', { name: 'ice-restart' }, none)).toContain('ice-restart may need more');
});

test("whyNotOver() lets no fault be asked of the user's own server", () => {
  const options = { signaling: { name: 'ours', adapter: '/ours.ts' } };
  expect(whyNotOver('ours', { name: 'chaos' }, { faults: 1, options })).toContain('this is ours');
  expect(whyNotOver('ours', { name: 'chaos' }, { faults: 0, options })).toBeUndefined();
});
