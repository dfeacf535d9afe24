import { describe, expect, test } from 'vitest';
import type { CapacityLevel, CapacityResult } from '../../../harness/capacity/capacity-result.ts';
import { renderCapacitySummary } from '../../../reports/capacity-summary.ts';
import { renderCapacityHtml } from '../../../reports/html/capacity/capacity-page.ts';
import { kneeChart } from '../../../reports/html/capacity/knee-chart.ts';
import { renderCapacityTable } from '../../../reports/terminal/capacity.ts';

const ASSETS = { script: '', style: '' };

function level(vus: number, outcome: CapacityLevel['outcome'], fps?: number): CapacityLevel {
  const status = outcome === 'held' ? 'passed' : 'failed';
  const threshold = {
    metric: 'fps_received',
    expression: 'p(5)>=15',
    status,
    unit: 'fps',
    samples: 8,
  } as const;
  return {
    vus,
    outcome,
    folder: `levels/${vus}`,
    headline: '',
    thresholds: [fps === undefined ? threshold : { ...threshold, actual: fps }],
    metrics: {},
  };
}

const FOUND: CapacityResult = {
  schemaVersion: 1,
  callrig: '0.1.0',
  runId: 'a-run',
  scenario: { name: 'p2p-call', summary: '' },
  startedAt: '2026-11-23T07:00:00.000Z',
  finishedAt: '2026-11-23T07:02:00.000Z',
  thresholds: ['fps_received p(5)>=15'],
  levelMs: 20_000,
  environment: {
    os: 'linux 6',
    arch: 'x64',
    node: 'v20',
    cpus: 2,
    cpuModel: '<b>fast</b>',
    memoryBytes: 1e9,
    ci: false,
    network: 'loopback',
  },
  browsers: [{ name: 'chrome', kind: 'chromium', version: '156', driver: 'puppeteer', headed: false }],
  levels: [
    level(1, 'held', 20),
    level(2, 'held', 19.5),
    level(4, 'broke', 8),
    level(3, 'broke', 14),
    level(2, 'held', 19),
  ],
  holds: 2,
  breaksAt: 3,
  limitedBy: 'service',
  callsPerCore: 1,
  status: 'passed',
  exitCode: 0,
  headline: '2 calls at a time hold (1 per core of 2); 3 calls at a time: fps_received p(5)>=15, got 14',
};

describe('renderCapacityHtml()', () => {
  const page = renderCapacityHtml(FOUND, ASSETS);

  test('tells how many hold, level by level, with a link to the run of each', () => {
    expect(page).toContain('<h1>2 calls at a time hold (1 per core of 2)');
    const sizes = [...page.matchAll(/<a href="(levels\/\d)\/report\.html">/g)].map(([, folder]) => folder);
    expect(sizes).toEqual(['levels/1', 'levels/2', 'levels/2', 'levels/3', 'levels/4']);
  });

  test('escapes what others wrote', () => {
    expect(page).toContain('&lt;b&gt;fast&lt;/b&gt;');
  });
});

describe('kneeChart()', () => {
  test('draws every level, the threshold, and where calls stop to hold', () => {
    const { text } = kneeChart(FOUND, 0)!;
    expect([...text.matchAll(/<circle\s+data-status="(\w+)"/g)].map(([, status]) => status)).toEqual([
      'passed',
      'passed',
      'passed',
      'failed',
      'failed',
    ]);
    expect(text).toContain('class="limit"');
    expect(text).toMatch(/>2 hold\s*</);
    expect(text).toContain('4 at a time, broke: 8 fps');
  });

  test('draws no level that was not measured, and nothing if none was', () => {
    const some = { ...FOUND, levels: [level(1, 'held', 20), level(2, 'unknown')] };
    expect([...kneeChart(some, 0)!.text.matchAll(/<circle/g)]).toHaveLength(1);
    expect(kneeChart({ ...FOUND, levels: [level(1, 'unknown')], holds: 0 }, 0)).toBeUndefined();
  });
});

test('renderCapacityTable() lists the levels by size and ends with the verdict', () => {
  const lines = renderCapacityTable(FOUND, { color: false, width: 100, report: 'runs/x/report.html' }).split(
    '\n',
  );
  expect(lines.slice(1, 6).map((line) => line.split(/\s{2,}/).slice(1, 4))).toEqual([
    ['1', 'held', '20 fps'],
    ['2', 'held', '19.5 fps'],
    ['2', 'held', '19 fps'],
    ['3', 'broke', '14 fps'],
    ['4', 'broke', '8 fps'],
  ]);
  expect(lines.join('\n')).toContain('✓ passed: 2 calls at a time hold');
});

test('renderCapacitySummary() is a table for a pull request', () => {
  const summary = renderCapacitySummary(FOUND);
  expect(summary).toContain('## ✓ p2p-call: how many calls hold');
  expect(summary.split('\n').filter((line) => line.startsWith('| ✕'))).toHaveLength(2);
});
