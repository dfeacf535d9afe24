import type { MetricName } from '../../../harness/metrics/catalogue.ts';
import type { ComparisonRow, Distribution } from '../../../harness/result.ts';
import { formatFigure } from '../../figures.ts';
import { type Scale, shareOf } from '../axis.ts';
import { html, type Markup } from '../markup.ts';
import { nothingMeasured, plot, whisker } from './plot.ts';

/** Values lie in this many rows of dots, so that equal ones do not hide each other. */
const DOT_ROWS = 4;

/** How a metric is spread in every variant: the single values, p50 with its confidence interval, p95. */
export function spreadPlot(
  title: string,
  metric: MetricName,
  rows: readonly ComparisonRow[],
): Markup | undefined {
  const all = rows.flatMap(({ metrics }) => metrics[metric] ?? []);
  if (all.length === 0) return undefined;
  const scale = { from: 0, to: Math.max(1, ...all.map(({ max }) => max)) * 1.02 };
  return plot({
    title,
    rows,
    scale,
    draw: ({ metrics }) => metrics[metric] && marks(metrics[metric], scale),
    inWords: (row) => {
      const spread = row.metrics[metric];
      if (!spread) return nothingMeasured(row);
      return html`<b>${formatFigure(spread.p50, spread.unit)}</b>
        <span class="interval muted">p95 ${formatFigure(spread.p95, spread.unit)}</span>`;
    },
  });
}

function marks({ p50, p95, ci, values }: Distribution, scale: Scale): Markup {
  const at = (value: number) => shareOf(value, scale);
  const dots = values.map(
    (value, index) => html`<circle cx="${at(value)}" cy="${15 + 3 * (index % DOT_ROWS)}" r="2" />`,
  );
  return html`<g class="dots">${dots}</g>
    <line class="p95" x1="${at(p95)}" x2="${at(p95)}" y1="2" y2="27" />
    ${ci && whisker(ci[0], ci[1], 7, scale)}
    <line class="p50" x1="${at(p50)}" x2="${at(p50)}" y1="1" y2="27" />`;
}
