import { expect, test } from 'vitest';
import { metricsTable } from '../../../reports/html/metrics-table.ts';

const SUMMARY = {
  type: 'trend',
  unit: 'ms',
  samples: 30_000,
  avg: 1,
  min: 1,
  med: 1,
  max: 1,
  p95: 1,
} as const;

test('metricsTable() says how far off percentiles may be if they are not exact', () => {
  expect(JSON.stringify(metricsTable({ rtt_ms: { ...SUMMARY, accuracy: 0.005 } }))).toContain('± 0.5 %');
  expect(JSON.stringify(metricsTable({ rtt_ms: SUMMARY }))).not.toContain('±');
});
