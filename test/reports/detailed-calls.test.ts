import { expect, test } from 'vitest';
import type { RunResult, Status } from '../../harness/result.ts';
import { detailedCalls } from '../../reports/detailed-calls.ts';
import { buildRun } from '../fixtures/reports/run.ts';

/** A run of so many calls in one cell, each a second longer than the one before it. */
function runOf(count: number, statusOf: (index: number) => Status = () => 'passed'): RunResult {
  const { result } = buildRun();
  const [call, cell] = [result.calls[0]!, result.cells[0]!];
  const calls = Array.from({ length: count }, (_, index) => ({
    ...call,
    id: String(index),
    cell: cell.id,
    status: statusOf(index),
    durationMs: index * 1000,
  }));
  return { ...result, calls, cells: [{ ...cell, calls: calls.map(({ id }) => id) }] };
}

test('detailedCalls() names every call of a run of few', () => {
  expect(detailedCalls(runOf(100)).size).toBe(100);
});

test('detailedCalls() names the first and the longest call of each cell of a run of many', () => {
  expect([...detailedCalls(runOf(2000))]).toEqual(['0', '1999']);
});

test('detailedCalls() names the first twenty calls that did not pass, however many there are', () => {
  const named = detailedCalls(runOf(2000, (index) => (index >= 100 ? 'failed' : 'passed')));
  expect(named.size).toBe(22);
  expect(named).toContain('100');
  expect(named).toContain('119');
  expect(named).not.toContain('120');
});
