import type { LoadTimes, TimePoint } from '../../harness/metrics/load-times.ts';
import type { RunResult } from '../../harness/result.ts';
import { generatorFigures, generatorText } from '../generator.ts';
import { LOAD_FIGURES, loadStatus } from '../loads.ts';
import { fleetSentence } from '../fleet.ts';
import { statsSentence } from '../stats.ts';
import type { Chart, ChartData, ChartSeries } from './charts.ts';
import { type Child, html, jsonScript, type Markup } from './markup.ts';
import { dataTable, mark } from './parts.ts';

/** What the hypervisor takes is drawn if it ever took so much of the cores. */
const WORTH_DRAWING = 0.01;
/** Above it a second counts as full. */
const FULL = 0.9;
const SERIES = 'load-series';

/** What became of the loads, whether the machine that made them kept up, and how it went. Nothing without a load. */
export function loadView(result: RunResult, times: LoadTimes | undefined): Markup | undefined {
  if (!result.load) return undefined;
  const data = times && loadCharts(times);
  return html`${loadTable(result)} ${sentences(result)}
  ${
    data &&
    data.charts.length > 0 &&
    html`<div class="charts" data-series="${SERIES}"></div>
      ${jsonScript(SERIES, data)}`
  }`;
}

function loadTable(result: RunResult): Markup {
  const columns = [
    { title: 'load' },
    { title: 'what it was' },
    ...LOAD_FIGURES.map(({ head }) => ({ title: head, figure: true as const })),
  ];
  const rows = (result.load ?? []).map((load): Child[] => [
    html`${mark(loadStatus(load, result))} ${load.name}`,
    load.summary,
    ...LOAD_FIGURES.map((figure) => figure.of(load)),
  ]);
  return dataTable('Loads', columns, rows);
}

function sentences(result: RunResult): Markup {
  const { generator } = result;
  const status =
    generator &&
    ({ held: 'passed', saturated: 'inconclusive', unknown: 'inconclusive' } as const)[generator.verdict];
  const figures = generator ? generatorFigures(generator) : [];
  return html`<p class="note">${fleetSentence(result)}</p>
    ${status && html`<p class="generator" data-status="${status}">${mark(status)} ${generatorText({ generator: bare(generator) })}</p>`}
    ${
      figures.length > 0 &&
      html`<dl>
        ${figures.map(
          ({ name, value }) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>`
    }
    ${statsSentence(result) !== undefined && html`<p class="note">${statsSentence(result)}</p>`}`;
}

/** Without the figures: they stand below. */
function bare({ verdict, reasons, advice, unknown, fromMs, untilMs }: NonNullable<RunResult['generator']>) {
  return { verdict, reasons, unknown, fromMs, untilMs, ...(advice !== undefined && { advice }) };
}

/** The charts of a load's course; what nobody measured has none. */
export function loadCharts({ windowMs, ...times }: LoadTimes): ChartData {
  const { vus, underWay, begun, completed, failed, dropped, connectMs, fps, cpu } = times;
  const end = [...vus, ...cpu.busy].reduce((most, [t]) => Math.max(most, t), 0);
  const limit: TimePoint[] =
    cpu.busy.length > 0
      ? [
          [0, FULL],
          [end, FULL],
        ]
      : [];
  const window = windowMs === 1000 ? 'second by second' : `every ${windowMs / 1000} s`;
  const charts: Chart[] = [
    chart(`Calls at a time, ${window}`, 'vus', 'count', { VUs: vus, 'calls under way': underWay }),
    chart('Calls a second', 'iterations', 'count', {
      begun,
      completed,
      failed: some(failed),
      dropped: some(dropped),
    }),
    chart('Time to connect', 'connect_ms', 'ms', {
      median: connectMs.median,
      p95: connectMs.worst,
    }),
    chart('Frames decoded per second', 'fps_received', 'fps', {
      median: fps.median,
      p5: fps.worst,
    }),
    chart("CPU of this machine's cores", 'host.jsonl', 'ratio', {
      'used by all': cpu.busy,
      'by this run': cpu.own,
      'by the hypervisor': some(cpu.steal, WORTH_DRAWING),
      'full from here on': limit,
    }),
  ];
  const measured = charts.filter(({ series }) => series.length > 0);
  return { charts: measured, steps: [], roles: COLOURS, extent: [0, (end + windowMs / 2) / 1000] };
}

/** Lines take colours by these: first to fourth of a chart. */
const COLOURS = ['0', '1', '2', '3'];

function chart(title: string, metric: string, unit: string, lines: Record<string, TimePoint[]>): Chart {
  const series = Object.entries(lines)
    .filter(([, points]) => points.length > 0)
    .map(([label, points], index): ChartSeries => ({
      label,
      role: String(index),
      x: points.map(([t]) => t / 1000),
      y: points.map(([, value]) => Number(value.toPrecision(5))),
    }));
  return { metric, title, unit, series };
}

/** A line that is 0 all the time, or nearly, tells nothing. */
function some(points: TimePoint[], least = 0): TimePoint[] {
  return points.some(([, value]) => value > least) ? points : [];
}
