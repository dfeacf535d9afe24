import { describe, expect, test } from 'vitest';
import { k6Summary } from '../../reports/k6-summary.ts';
import { judgeCalls } from '../fixtures/judging.ts';
import { recordedCall } from '../fixtures/recorded.ts';

const THRESHOLDS = {
  connect_ms: ['p(95)<3000', 'max<1'],
  'connection_success{pair:chrome:firefox}': ['rate==1'],
  relay_penalty_ms: ['avg<100'],
};

describe('k6Summary()', () => {
  test("has metrics under k6's keys, with their thresholds", async () => {
    const { metrics } = k6Summary(await judgeCalls([recordedCall()], { thresholds: THRESHOLDS }));
    expect(metrics['connect_ms']).toEqual({
      type: 'trend',
      contains: 'time',
      values: {
        avg: expect.any(Number),
        min: expect.any(Number),
        med: expect.any(Number),
        max: expect.any(Number),
        'p(90)': expect.any(Number),
        'p(95)': expect.any(Number),
        'p(99)': expect.any(Number),
      },
      thresholds: { 'p(95)<3000': { ok: true }, 'max<1': { ok: false } },
    });
    expect(metrics['connection_success{pair:chrome:firefox}']).toEqual({
      type: 'rate',
      contains: 'default',
      values: { rate: 1, passes: 2, fails: 0 },
      thresholds: { 'rate==1': { ok: true } },
    });
  });

  test('has a gated metric that nobody measured as a counter of none, whose threshold does not hold', async () => {
    const { metrics } = k6Summary(await judgeCalls([recordedCall()], { thresholds: THRESHOLDS }));
    expect(metrics['relay_penalty_ms']).toEqual({
      type: 'counter',
      contains: 'default',
      values: { count: 0, rate: 0 },
      thresholds: { 'avg<100': { ok: false } },
    });
  });

  test('counts checks by name in the group of their step', async () => {
    const failing = recordedCall();
    failing.record.checks[1]!.passed = false;
    const summary = k6Summary(await judgeCalls([recordedCall(), failing]));
    const [hold] = summary.root_group.groups;
    expect(hold).toMatchObject({ name: 'hold', path: '::hold', groups: [] });
    expect(hold?.checks).toMatchObject([
      { name: 'caller: SRTP is in use', path: '::hold::caller: SRTP is in use', passes: 2, fails: 0 },
      { name: 'callee: SRTP is in use', passes: 1, fails: 1 },
    ]);
    expect(summary.metrics['checks']?.values).toEqual({ rate: 0.75, passes: 3, fails: 1 });
  });
});
