import type { MetricName } from '../../../harness/metrics/catalogue.ts';
import type { Comparison, ComparisonRow } from '../../../harness/result.ts';
import {
  capitalised,
  comparedFigures,
  describeSelectedPairs,
  formatAdded,
  formatInterval,
} from '../../comparison.ts';
import { formatFigure } from '../../figures.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { absent, dataTable, figure, mark } from '../parts.ts';

/**
 * The variants with the pairs of candidates they led to, and their figures: p50, below it p95 and the confidence
 * interval of p50.
 */
export function comparisonTable(
  label: string,
  comparison: Comparison,
  rows: readonly ComparisonRow[],
): Markup {
  const shown = comparedFigures(rows);
  const { axis, baseline } = comparison;
  const titles = [
    'Connected',
    'Connect',
    ...(baseline === undefined ? [] : [`Added to ${baseline}`]),
    ...shown.map(({ title }) => capitalised(title)),
  ];
  return dataTable(
    label,
    [{ title: `${axis}, selected pairs` }, ...titles.map((title) => ({ title, figure: true as const }))],
    rows.map((row): Child[] => [
      variantName(row),
      row.unsupported === undefined ? `${row.connected}/${row.attempted}` : 'not tried',
      spread(row, 'connect_ms'),
      ...(baseline === undefined ? [] : [added(row, baseline)]),
      ...shown.map(({ metric, brief }) => (brief ? median(row, metric) : spread(row, metric))),
    ]),
  );
}

function variantName(row: ComparisonRow): Markup {
  const below = row.unsupported ?? describeSelectedPairs(row);
  return html`${mark(row.status)} <b>${row.variant}</b>${
      below !== '' && html`<span class="below pairs">${below}</span>`
    }`;
}

function spread({ metrics }: ComparisonRow, metric: MetricName): Markup {
  const found = metrics[metric];
  if (!found) return absent();
  return html`<b>${formatFigure(found.p50, found.unit)}</b
    ><span class="below">p95 ${formatFigure(found.p95, found.unit)}</span>${
      found.ci && html`<span class="below">${formatInterval(found)}</span>`
    }`;
}

function median({ metrics }: ComparisonRow, metric: MetricName): Markup {
  const found = metrics[metric];
  return figure(found?.p50, found?.unit ?? '');
}

function added(row: ComparisonRow, baseline: string): Markup {
  if (row.variant === baseline) return html`<span class="muted">baseline</span>`;
  const found = row.metrics['relay_penalty_ms'];
  if (!found) return absent();
  return html`<b>${formatAdded(found.p50, found.unit)}</b>${
      found.ci && html`<span class="below">${formatInterval(found, formatAdded)}</span>`
    }`;
}
