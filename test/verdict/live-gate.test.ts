import { describe, expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import { LiveGate } from '../../harness/verdict/live-gate.ts';
import { parseThresholds } from '../../harness/verdict/thresholds.ts';
import { recordedCall } from '../fixtures/recorded.ts';

function gateOf(thresholds: Record<string, unknown[]>): LiveGate {
  const problems: Problem[] = [];
  const gate = new LiveGate({ thresholds: parseThresholds(thresholds, 'thresholds', problems) });
  expect(problems).toEqual([]);
  return gate;
}

function add(gate: LiveGate): string | undefined {
  const { record, deltas } = recordedCall();
  return gate.add(record, (role) => deltas[role]!);
}

describe('LiveGate', () => {
  test('is not armed if no threshold says abortOnFail', () => {
    expect(gateOf({ connect_ms: ['max<1'] }).isArmed).toBe(false);
  });

  test('says why the run shall stop if an armed threshold is breached', () => {
    const gate = gateOf({ connect_ms: [{ threshold: 'max<1', abortOnFail: true }] });
    expect(gate.isArmed).toBe(true);
    expect(add(gate)).toMatch(/^connect_ms: expected max<1, got \d.* \(abortOnFail\)$/);
  });

  test('lets the run go on if the threshold holds, or nothing of it was measured', () => {
    expect(add(gateOf({ connect_ms: [{ threshold: 'max<60000', abortOnFail: true }] }))).toBeUndefined();
    expect(
      add(gateOf({ 'connect_ms{role:nobody}': [{ threshold: 'max<1', abortOnFail: true }] })),
    ).toBeUndefined();
  });

  test('waits for delayAbortEval', () => {
    const threshold = { threshold: 'max<1', abortOnFail: true, delayAbortEval: '1h' };
    expect(add(gateOf({ connect_ms: [threshold] }))).toBeUndefined();
  });
});
