import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import type { PlannedLoad } from '../../harness/load/load.ts';
import type { RunResult } from '../../harness/result.ts';
import { renderJunit } from '../../reports/junit.ts';
import { renderSummary } from '../../reports/summary.ts';
import { renderTable } from '../../reports/terminal/table.ts';
import { judgeCalls } from '../fixtures/judging.ts';
import { recordedCall } from '../fixtures/recorded.ts';

const LOAD: PlannedLoad = {
  name: 'steady',
  executor: 'constant-vus',
  vus: 2,
  durationMs: 60_000,
  startTimeMs: 0,
  gracefulStopMs: 30_000,
  tags: {},
  cells: ['chrome:firefox'],
};
const COURSE = { loads: { steady: { dropped: 4, mostVus: 2 } }, mostVus: 2 };

/** A run of forty calls of one load, the first so many of which failed, and the last of which was cut off. */
function runWith(failed: number, callSuccess: string): Promise<RunResult> {
  const calls = Array.from({ length: 40 }, (_, index) => {
    const call = recordedCall();
    call.record.id = `steady-${index}`;
    call.record.load = { name: LOAD.name, tags: {} };
    if (index < failed) call.record.checks[0]!.passed = false;
    if (index === 39) call.record.interrupted = 'gracefulStop of 30s is over';
    return call;
  });
  return judgeCalls(calls, { load: [LOAD], thresholds: { call_success: [callSuccess] }, course: COURSE });
}

interface Case {
  name: string;
  outcome?: string;
  text: string;
}

function casesIn(xml: string): Case[] {
  const cases: Case[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'testcase') cases.push({ name: attributes['name'] ?? '', text: '' });
    if (['failure', 'error', 'skipped'].includes(name)) cases.at(-1)!.outcome = name;
  });
  parser.on('text', (text) => void (cases.length > 0 && (cases.at(-1)!.text += text)));
  parser.write(xml).close();
  return cases;
}

test('renderJunit() has one test case per cell and load, whatever the number of calls', async () => {
  const cases = casesIn(renderJunit(await runWith(0, 'rate==1')));
  expect(cases.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['steady', undefined],
    ['call_success: rate==1', undefined],
  ]);
  expect(cases[0]!.text).toContain('39 of 40 calls passed, 1 cut off');
});

test('renderJunit() fails the case of a load with its first twenty failures, and counts the others', async () => {
  const [load] = casesIn(renderJunit(await runWith(25, 'rate==1')));
  expect(load!.outcome).toBe('failure');
  expect(new Set(load!.text.match(/steady-\d+(?=:)/g))).toHaveLength(20);
  expect(load!.text).toContain('and 5 more');
});

test('renderJunit() lists failures that a threshold allows, and has no failure in a run that passed', async () => {
  const result = await runWith(3, 'rate>0.9');
  expect(result.exitCode).toBe(0);
  const cases = casesIn(renderJunit(result));
  expect(cases.flatMap(({ outcome }) => outcome ?? [])).toEqual([]);
  expect(cases[0]!.text).toContain('steady-2:');
});

test('judge() says of a cell of a load what its threshold says, and leaves out calls that were cut off', async () => {
  const statusOf = (result: RunResult) => result.cells.map(({ status }) => status);
  expect(statusOf(await runWith(0, 'rate==1'))).toEqual(['passed']);
  expect(statusOf(await runWith(3, 'rate>0.9'))).toEqual(['passed']);
  expect(statusOf(await runWith(3, 'rate==1'))).toEqual(['failed']);
  expect(statusOf(await runWith(39, 'rate<1'))).toEqual(['failed']);
});

test('renderTable() says what became of each load, and tells of no call that was only cut off', async () => {
  const table = renderTable(await runWith(12, 'rate==1'), { color: false, width: 120 });
  expect(table).toMatch(/load +completed +failed +cut off +dropped +VUs +call, median +p95/);
  expect(table).toMatch(/✕ +steady +39 +12 +1 +4 +2 +\d/);
  expect(table).toContain('steady: 2 VUs for 1m');
  expect(table).toContain('… and 2 more');
  expect(table).not.toContain('steady-39');
});

test('renderSummary() has a table of loads, and at most twenty calls', async () => {
  const summary = renderSummary(await runWith(25, 'rate==1'));
  expect(summary).toContain('| load | completed | failed | cut off | dropped | VUs | call, median | p95 |');
  expect(summary).toMatch(/\| ✕ steady: 2 VUs for 1m \| 39 \| 25 \| 1 \| 4 \| 2 \|/);
  expect(summary).toContain('… and 5 more, in the report.');
});
