import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateSummaryReport } from 'k6-html-reporter';
import { jUnit } from 'k6-junit';
import { SaxesParser } from 'saxes';
import { afterEach, expect, test, vi } from 'vitest';
import { renderK6Summary } from '../../reports/k6-summary.ts';
import type { PlannedLoad } from '../../harness/load/load.ts';
import type { RunResult } from '../../harness/result.ts';
import { judgeCalls } from '../fixtures/judging.ts';
import { recordedCall } from '../fixtures/recorded.ts';
import { temporaryFolder } from '../store/a-run.ts';

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
const THRESHOLDS = {
  connect_ms: ['p(95)<3000', 'max<1'],
  'iteration_duration_ms{load:steady}': ['avg>0'],
  dropped_iterations: ['count<10'],
  call_success: ['rate==1'],
  relay_penalty_ms: ['avg<100'],
};

/** A call of the load; without evidence for its checks if told so. */
function call({ isBlind = false } = {}) {
  const one = recordedCall();
  one.record.load = { name: 'steady', tags: {} };
  if (isBlind) for (const check of one.record.checks) delete check.passed;
  return one;
}

/** The file that a run leaves, read and rendered by k6-html-reporter. */
async function toHtml(result: RunResult): Promise<string> {
  vi.spyOn(console, 'log').mockReturnValue();
  await using folder = await temporaryFolder();
  const jsonFile = join(folder.path, 'k6-summary.json');
  await writeFile(jsonFile, renderK6Summary(result));
  generateSummaryReport({ jsonFile, output: folder.path });
  return await readFile(join(folder.path, 'report.html'), 'utf8');
}

const toJunit = (result: RunResult): string => String(jUnit(JSON.parse(renderK6Summary(result))));

/** Names of the test cases, those that failed with a mark; throws where the XML is none. */
function casesIn(xml: string): string[] {
  const cases: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'testcase') cases.push(attributes['name'] ?? '');
    if (name === 'failure') cases.push(`FAILED ${cases.pop()}`);
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  return cases;
}

afterEach(() => void vi.restoreAllMocks());

test("k6-html-reporter shows the thresholds, metrics and checks of a run's k6-summary.json", async () => {
  const course = { loads: { steady: { dropped: 4, mostVus: 2 } }, mostVus: 2 };
  const html = await toHtml(
    await judgeCalls([call(), call()], { load: [LOAD], thresholds: THRESHOLDS, course }),
  );
  for (const shown of [
    'connect_ms',
    'p(95)&lt;3000',
    'iteration_duration{load:steady}',
    'dropped_iterations',
    'call_success',
    'vus_max',
    'caller: SRTP is in use',
  ]) {
    expect(html).toContain(shown);
  }
  expect(html).toContain('2 thresholds were not met');
});

test('k6-html-reporter reads the summary of a run without checks, and of one whose checks had no evidence', async () => {
  const bare = call();
  bare.record.checks = [];
  expect(await toHtml(await judgeCalls([bare], { load: [LOAD] }))).toContain('connect_ms');
  const blind = await toHtml(await judgeCalls([call({ isBlind: true })], { load: [LOAD] }));
  expect(blind).toContain('caller: SRTP is in use');
  expect(await toHtml(await judgeCalls([], { load: [LOAD], thresholds: THRESHOLDS }))).toContain(
    'connect_ms',
  );
});

test("k6-junit turns a run's k6-summary.json into test cases, those of breached thresholds failed", async () => {
  const result = await judgeCalls([call()], { load: [LOAD], thresholds: THRESHOLDS });
  const cases = casesIn(toJunit(result));
  expect(cases).toContain('caller: SRTP is in use');
  expect(cases).toContain('connect_ms: p(95)<3000');
  expect(cases).toContain('FAILED connect_ms: max<1');
  expect(cases).toContain('FAILED relay_penalty_ms: avg<100');
});

test('k6-junit has a failure in a run whose checks had no evidence', async () => {
  const cases = casesIn(toJunit(await judgeCalls([call({ isBlind: true })], { load: [LOAD] })));
  expect(cases).toContain('FAILED caller: SRTP is in use');
});
