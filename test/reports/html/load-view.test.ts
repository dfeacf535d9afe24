import { describe, expect, test } from 'vitest';
import { LoadTimesBuilder, type LoadTimes } from '../../../harness/metrics/load-times.ts';
import type { RunResult } from '../../../harness/result.ts';
import { loadCharts, loadView } from '../../../reports/html/load-view.ts';
import { renderHtml } from '../../../reports/html/render.ts';
import { buildRun } from '../../fixtures/reports/run.ts';

const LOAD: NonNullable<RunResult['load']> = [
  {
    name: 'steady<b>',
    executor: 'constant-vus',
    summary: '2 VUs for 1m',
    completed: 12,
    failed: 0,
    interrupted: 1,
    dropped: 3,
    mostVus: 2,
  },
];
const GENERATOR: NonNullable<RunResult['generator']> = {
  verdict: 'saturated',
  reasons: ['all cores were over 90 % busy for 33 % of the time'],
  advice: 'fewer calls',
  unknown: [],
  fromMs: 0,
  untilMs: 1,
  cpuMeanRatio: 0.84,
};

const input = buildRun();
const result: RunResult = { ...input.result, load: LOAD, generator: GENERATOR };

function times(fill: (builder: LoadTimesBuilder) => void = () => {}): LoadTimes {
  const builder = new LoadTimesBuilder({ fromMs: 0, untilMs: 3000 });
  fill(builder);
  return builder.times;
}

describe('loadView()', () => {
  test('is not there without a load', () => {
    expect(loadView(input.result, undefined)).toBeUndefined();
    expect(renderHtml(input, { script: '', style: '' })).not.toContain('id="load"');
  });

  test('tells what became of each load, and that its machine did not keep up', () => {
    const page = renderHtml({ ...input, result, times: times() }, { script: '', style: '' });
    expect(page).toContain('<section id="load">');
    expect(page).toContain('steady&lt;b&gt;');
    expect(page).toContain('<p class="generator" data-status="inconclusive">');
    expect(page).toContain('all cores were over 90 % busy for 33 % of the time. What helps: fewer calls');
    expect(page).toContain('<dt>CPU</dt>');
    expect(page).toContain('data-series="load-series"');
  });

  test('goes without charts in reports of runs that left none', () => {
    expect(loadView(result, undefined)!.text).not.toContain('load-series');
  });
});

describe('loadCharts()', () => {
  const titlesOf = (all: LoadTimes) => loadCharts(all).charts.map(({ metric }) => metric);

  test('draws what was measured alone', () => {
    expect(titlesOf(times())).toEqual(['vus', 'iterations']);
    const measured = times((builder) => {
      builder.addSample({ metric: 'connect_ms', value: 1, t: 1, tags: {} });
      builder.addMachine({ t: 1, busyRatio: 0.5 });
    });
    expect(titlesOf(measured)).toEqual(['vus', 'iterations', 'connect_ms', 'host.jsonl']);
  });

  test('marks from where on CPU counts as full, and draws no line that is 0 all the time', () => {
    const { charts } = loadCharts(
      times((builder) => builder.addMachine({ t: 1, busyRatio: 0.5, stealRatio: 0 })),
    );
    const labels = charts.map(({ series }) => series.map(({ label }) => label));
    expect(labels).toEqual([
      ['VUs', 'calls under way'],
      ['begun', 'completed'],
      ['used by all', 'full from here on'],
    ]);
    expect(charts.at(-1)!.series.at(-1)!.y).toEqual([0.9, 0.9]);
  });

  test('shows the same time in all of them', () => {
    expect(loadCharts(times()).extent).toEqual([0, 3]);
  });
});
