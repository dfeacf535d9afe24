import { describe, expect, test } from 'vitest';
import type { Problem } from '../../harness/errors.ts';
import type { RunEvent } from '../../harness/store/layout.ts';
import { describeCrossed, LiveGate } from '../../harness/verdict/live-gate.ts';
import { parseThresholds } from '../../harness/verdict/thresholds.ts';
import type { PlannedComparison } from '../../harness/plan/plan.ts';
import { callBy, PATHS } from '../fixtures/comparing.ts';
import { planOf } from '../fixtures/judging.ts';
import { recordedCall, type RecordedCall } from '../fixtures/recorded.ts';

function gateOf(thresholds: Record<string, unknown[]>, comparison?: PlannedComparison): LiveGate {
  const problems: Problem[] = [];
  const gate = new LiveGate({
    ...planOf([recordedCall().record]),
    thresholds: parseThresholds(thresholds, 'thresholds', problems, { ownTags: ['crowd'] }),
    ...(comparison && { comparison }),
  });
  expect(problems).toEqual([]);
  return gate;
}

function add(
  gate: LiveGate,
  { record, deltas }: Pick<RecordedCall, 'record' | 'deltas'> = recordedCall(),
): string | undefined {
  const crossed = gate.add(record, (role) => deltas[role]!);
  return crossed && describeCrossed(crossed);
}

/** A call of a load, which begins `atMs` after the first one. */
function ofLoad(change: (call: RecordedCall) => void = () => {}): RecordedCall {
  const call = recordedCall();
  call.record.load = { name: 'steady', tags: { crowd: 'late' } };
  change(call);
  return call;
}

const started = (t: number): RunEvent => ({ t, type: 'call-started', call: 'c', cell: 'a:b', index: 0 });
const dropped = (count: number): RunEvent => ({ t: 0, type: 'dropped-iterations', load: 'steady', count });

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
      return add(gate, { record, deltas });
    };
    expect(end('relay-tls', 400)).toBeUndefined();
    expect(end('direct', 350)).toBeUndefined();
    expect(end('relay-tls', 500)).toBe(
      'relay_penalty_ms{path:relay-tls}: expected max<100, got 150 (abortOnFail)',
    );
  });

  test('judges how many calls of a load failed, by their verdicts', () => {
    const gate = gateOf({ call_success: [{ threshold: 'rate>0.5', abortOnFail: true }] });
    expect(add(gate, ofLoad())).toBeUndefined();
    const failed = ofLoad(({ record }) => void (record.checks[0]!.passed = false));
    expect(add(gate, failed)).toBe('call_success: expected rate>0.5, got 0.5 (abortOnFail)');
  });

  test('does not count a call that its load cut off as one that failed', () => {
    const gate = gateOf({ call_success: [{ threshold: 'rate==1', abortOnFail: true }] });
    expect(
      add(
        gate,
        ofLoad(({ record }) => void (record.interrupted = 'over')),
      ),
    ).toBeUndefined();
  });

  test('judges by the tags of a load', () => {
    const gate = gateOf({ 'connect_ms{crowd:late}': [{ threshold: 'max<1', abortOnFail: true }] });
    expect(add(gate)).toBeUndefined();
    expect(add(gate, ofLoad())).toContain('connect_ms{crowd:late}: expected max<1');
  });

  test('judges dropped iterations between calls, in all and by load', () => {
    for (const selector of ['dropped_iterations', 'dropped_iterations{load:steady}']) {
      const gate = gateOf({ [selector]: [{ threshold: 'count<3', abortOnFail: true }] });
      gate.note(dropped(2));
      expect(gate.crossed(1000)).toBeUndefined();
      gate.note(dropped(1));
      expect(gate.crossed(1000)).toEqual({ metric: selector, expression: 'count<3', actual: 3 });
    }
    const other = gateOf({ 'dropped_iterations{load:other}': [{ threshold: 'count<1', abortOnFail: true }] });
    other.note(dropped(2));
    expect(other.crossed(1000)).toBeUndefined();
  });

  test('takes the rate of a counter over the time since the first call began', () => {
    const gate = gateOf({ dropped_iterations: [{ threshold: 'rate<1', abortOnFail: true }] });
    gate.note(started(1000));
    gate.note(dropped(6));
    expect(gate.crossed(11_000)).toBeUndefined();
    expect(gate.crossed(5000)).toMatchObject({ actual: 1.5 });
  });

  test('waits for delayAbortEval from the first call on, also between calls', () => {
    const threshold = { threshold: 'count<1', abortOnFail: true, delayAbortEval: '10s' };
    const gate = gateOf({ dropped_iterations: [threshold] });
    gate.note(started(1000));
    gate.note(dropped(1));
    gate.note(started(9000));
    expect(gate.crossed(10_999)).toBeUndefined();
    expect(gate.crossed(11_000)).toMatchObject({ actual: 1 });
  });
});
