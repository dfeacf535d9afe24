import { describe, expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import { LiveGate } from '../../harness/verdict/live-gate.ts';
import { parseThresholds } from '../../harness/verdict/thresholds.ts';
import type { PlannedComparison } from '../../harness/plan/plan.ts';
import { callBy, PATHS } from '../fixtures/comparing.ts';
import { recordedCall } from '../fixtures/recorded.ts';

function gateOf(thresholds: Record<string, unknown[]>, comparison?: PlannedComparison): LiveGate {
  const problems: Problem[] = [];
  const gate = new LiveGate({
    thresholds: parseThresholds(thresholds, 'thresholds', problems),
    ...(comparison && { comparison }),
  });
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

  test('judges a penalty by the calls so far, and not before there is a baseline', () => {
    const threshold = { threshold: 'max<100', abortOnFail: true };
    const gate = gateOf({ 'relay_penalty_ms{path:relay-tls}': [threshold] }, PATHS);
    const end = (path: string, connectMs: number) => {
      const { record, deltas } = callBy(path, connectMs);
      return gate.add(record, (role) => deltas[role]!);
    };
    expect(end('relay-tls', 400)).toBeUndefined();
    expect(end('direct', 350)).toBeUndefined();
    expect(end('relay-tls', 500)).toBe(
      'relay_penalty_ms{path:relay-tls}: expected max<100, got 150 (abortOnFail)',
    );
  });
});
