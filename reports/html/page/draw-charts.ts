import uPlot from 'uplot';
import { formatFigure, median } from '../../figures.ts';
import type { Chart, ChartData, ChartSeries, ChartStep } from '../charts.ts';

const HEIGHT = 170;
/** Lines of one role differ by these; `legend` is the nearest that CSS has. */
const DASHES = [
  { line: [], legend: 'solid' },
  { line: [7, 3], legend: 'dashed' },
  { line: [2, 3], legend: 'dotted' },
  { line: [9, 3, 2, 3], legend: 'dashed' },
] as const;

/** Charts drawn so far, by the box they are in. */
const drawn = new Map<Element, uPlot[]>();

const widths = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const plots = drawn.get(target.closest('.charts') ?? target) ?? [];
    const plot = plots.find(({ root }) => root.parentElement === target);
    if (plot && contentRect.width > 0 && contentRect.width !== plot.width) {
      plot.setSize({ width: contentRect.width, height: HEIGHT });
    }
  }
});

/** Draws a call's charts the first time it is opened. */
export function drawCharts(call: Element): void {
  const box = call.querySelector<HTMLElement>('.charts');
  const data = box && document.getElementById(box.dataset['series'] ?? '')?.textContent;
  if (!box || !data || drawn.has(box)) return;
  const all = JSON.parse(data) as ChartData;
  const cursors = uPlot.sync(box.dataset['series'] ?? '');
  drawn.set(box, []);
  for (const chart of all.charts) drawn.get(box)?.push(drawChart(box, chart, all, cursors.key));
}

/** Takes all charts away, to be drawn again in other colours. */
export function forgetCharts(): void {
  for (const [box, plots] of drawn) {
    for (const plot of plots) plot.destroy();
    box.replaceChildren();
  }
  drawn.clear();
}

function drawChart(box: Element, chart: Chart, all: ChartData, cursorKey: string): uPlot {
  const figure = document.createElement('figure');
  const caption = document.createElement('figcaption');
  const code = document.createElement('code');
  const canvasBox = document.createElement('div');
  caption.append(chart.title, ' ', code);
  code.textContent = chart.metric;
  figure.append(caption, canvasBox);
  box.append(figure);
  const plot = new uPlot(
    options(chart, all, canvasBox.clientWidth, cursorKey),
    align(chart.series),
    canvasBox,
  );
  const canvas = plot.root.querySelector('canvas');
  canvas?.setAttribute('role', 'img');
  canvas?.setAttribute('aria-label', describe(chart));
  widths.observe(canvasBox);
  return plot;
}

function options(
  chart: Chart,
  { steps, roles, extent }: ChartData,
  width: number,
  cursorKey: string,
): uPlot.Options {
  const ink = color('--muted');
  const grid = { stroke: color('--line'), width: 1 };
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: ink, grid, font, ticks: { show: false } };
  return {
    width,
    height: HEIGHT,
    padding: [16, 14, 0, 0],
    cursor: { sync: { key: cursorKey }, drag: { x: true, y: false }, points: { size: 6 } },
    scales: {
      x: { time: false, ...(extent && { min: extent[0], max: extent[1] }) },
      y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : chart.unit === 'ratio' ? 0.01 : 1] },
    },
    axes: [
      { ...axis, size: 26, values: (_plot, splits) => splits.map((at) => `${at} s`) },
      {
        ...axis,
        size: 74,
        values: (_plot, splits) => splits.map((value) => formatFigure(value, chart.unit)),
      },
    ],
    legend: { markers: { width: 2, dash: (_plot, index) => dashOf(index - 1).legend } },
    series: [
      { label: 'time', value: (_plot, at) => (at === null ? '' : `at ${at.toFixed(1)} s`) },
      ...chart.series.map((one, index) => lineOptions(one, index, chart, roles)),
    ],
    hooks: { drawClear: [(plot) => drawSteps(plot, steps, font)] },
  };
}

function dashOf(index: number): (typeof DASHES)[number] {
  return DASHES[index % DASHES.length] ?? DASHES[0];
}

function lineOptions(
  { label, role }: ChartSeries,
  index: number,
  { unit, series }: Chart,
  roles: string[],
): uPlot.Series {
  const few = (series[index]?.x.length ?? 0) < 60;
  return {
    label,
    stroke: color(`--peer-${Math.max(0, roles.indexOf(role)) % 4}`),
    width: 2,
    dash: [...dashOf(index).line],
    points: { show: few, size: 5 },
    value: (_plot, value, _series, index) => (index === null ? '' : formatFigure(value ?? undefined, unit)),
  };
}

/** The stretch of each step lightly shaded, every other one, with its name on top. */
function drawSteps(plot: uPlot, steps: ChartStep[], font: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = font.replace(/^\d+/, (size) => String(Number(size) * devicePixelRatio));
  ctx.textBaseline = 'bottom';
  let free = bbox.left;
  for (const { name, from, to } of steps) {
    const [left, right] = [from, to ?? plot.scales['x']?.max ?? from].map((at) =>
      Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(at, 'x', true))),
    );
    if (left === undefined || right === undefined || right <= left) continue;
    ctx.fillStyle = color('--line');
    ctx.fillRect(left, bbox.top, devicePixelRatio, bbox.height);
    const width = ctx.measureText(name).width + 8 * devicePixelRatio;
    if (left < free || left + width > bbox.left + bbox.width) continue;
    ctx.fillStyle = color('--muted');
    ctx.fillText(name, left, bbox.top - 2 * devicePixelRatio);
    free = left + width;
  }
  ctx.restore();
}

/** uPlot wants one x axis for all lines; each keeps its own points and its own gaps. */
function align(series: readonly ChartSeries[]): uPlot.AlignedData {
  return uPlot.join(series.map(({ x, y }) => [x, y]));
}

function describe({ title, unit, series }: Chart): string {
  const lines = series.map(({ label, y }) => {
    const values = y.filter((value) => value !== null);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return `${label}: ${formatFigure(low, unit)} to ${formatFigure(high, unit)}, median ${formatFigure(median(values), unit)}`;
  });
  return `${title}. ${lines.join('. ')}.`;
}

function color(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}
