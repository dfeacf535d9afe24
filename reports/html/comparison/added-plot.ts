import type { MetricName } from '../../../harness/metrics/catalogue.ts';
import type { Comparison, ComparisonRow, Distribution } from '../../../harness/result.ts';
import { formatAdded, formatInterval } from '../../comparison.ts';
import { type Scale, shareOf } from '../axis.ts';
import { html, type Markup } from '../markup.ts';
import { nothingMeasured, plot, whisker } from './plot.ts';

/** What every variant adds to the baseline: a bar to the median, with its confidence interval. Nothing without a baseline. */
export function addedPlot(
  title: string,
  metric: MetricName,
  rows: readonly ComparisonRow[],
  { baseline }: Comparison,
): Markup | undefined {
  const all = rows.flatMap(({ metrics, variant }) => (variant === baseline ? [] : (metrics[metric] ?? [])));
  if (baseline === undefined || all.length === 0) return undefined;
  const scale = scaleOf(all);
  return plot({
    title: `${title}, ms: added to ${baseline}`,
    rows,
    scale,
    draw: ({ variant, metrics }) => variant !== baseline && metrics[metric] && bar(metrics[metric], scale),
    inWords: (row) => inWords(row, metric, baseline),
  });
}

function bar({ p50, ci }: Distribution, scale: Scale): Markup {
  const width = Math.max(Math.abs(p50), (scale.to - scale.from) / 300);
  return html`<rect
      class="${p50 < 0 ? 'saved' : 'added'}"
      x="${shareOf(Math.min(0, p50), scale)}"
      y="8"
      width="${shareOf(scale.from + width, scale)}"
      height="12"
      rx="2"
    />${ci && whisker(ci[0], ci[1], 14, scale)}<line
      class="zero"
      x1="${shareOf(0, scale)}"
      x2="${shareOf(0, scale)}"
      y1="0"
      y2="100%"
    />`;
}

function inWords(row: ComparisonRow, metric: MetricName, baseline: string | undefined): Markup {
  if (row.variant === baseline) return html`<span class="muted">baseline</span>`;
  const added = row.metrics[metric];
  if (!added) return nothingMeasured(row);
  return html`<b>${formatAdded(added.p50, added.unit)}</b>${
      added.ci && html` <span class="interval muted">${formatInterval(added, formatAdded)}</span>`
    }`;
}

/** From the least to the most of all bars and intervals, 0 always in it. */
function scaleOf(all: readonly Distribution[]): Scale {
  const ends = all.flatMap(({ p50, ci = [p50, p50] }) => [p50, ...ci]);
  const [least, most] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const room = Math.max(1, most - least) * 0.02;
  return { from: least < 0 ? least - room : 0, to: most + room };
}
