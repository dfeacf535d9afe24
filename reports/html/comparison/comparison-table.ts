import type { MetricName } from '../../../harness/metrics/catalogue.ts';
import type { Comparison, ComparisonRow } from '../../../harness/result.ts';
import { describeSelectedPairs, formatAdded, formatInterval } from '../../comparison.ts';
import { formatFigure } from '../../figures.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { absent, dataTable, mark } from '../parts.ts';

/** A column of a metric. */
interface Figures {
  title: string;
  metric: MetricName;
}

const FIGURES: readonly Figures[] = [
  { title: 'First frame', metric: 'first_frame_ms' },
  { title: 'TURN allocate', metric: 'turn_allocate_ms' },
  { title: 'RTT', metric: 'rtt_ms' },
  { title: 'Received', metric: 'recv_bitrate_bps' },
  { title: 'Loss', metric: 'packet_loss_ratio' },
];

/** The variants with their figures: p50, below it p95 and the confidence interval of p50. */
export function comparisonTable(
  label: string,
  comparison: Comparison,
  rows: readonly ComparisonRow[],
): Markup {
  const shown = FIGURES.filter(({ metric }) => rows.some((row) => row.metrics[metric]));
  const baseline = comparison.baseline;
  const columns = [
    { title: comparison.axis },
    { title: 'Connected', figure: true as const },
    { title: 'Connect', figure: true as const },
    ...(baseline === undefined ? [] : [{ title: `Added to ${baseline}`, figure: true as const }]),
    ...shown.map(({ title }) => ({ title, figure: true as const })),
    { title: 'Selected pairs' },
  ];
  return dataTable(
    label,
    columns,
    rows.map((row): Child[] => [
      html`${mark(row.status)} <b>${row.variant}</b>`,
      row.unsupported === undefined ? `${row.connected}/${row.attempted}` : absent(),
      spread(row, 'connect_ms'),
      ...(baseline === undefined ? [] : [added(row, baseline)]),
      ...shown.map(({ metric }) => spread(row, metric)),
      row.unsupported === undefined
        ? selectedPairs(row)
        : html`<span class="muted">${row.unsupported}</span>`,
    ]),
  );
}

function spread({ metrics }: ComparisonRow, metric: MetricName): Markup {
  const found = metrics[metric];
  if (!found) return absent();
  return html`<b>${formatFigure(found.p50, found.unit)}</b
    ><span class="below">p95 ${formatFigure(found.p95, found.unit)}</span>${
      found.ci && html`<span class="below">${formatInterval(found)}</span>`
    }`;
}

function added(row: ComparisonRow, baseline: string): Markup {
  if (row.variant === baseline) return html`<span class="muted">baseline</span>`;
  const found = row.metrics['relay_penalty_ms'];
  if (!found) return absent();
  return html`<b>${formatAdded(found.p50, found.unit)}</b>${
      found.ci && html`<span class="below">${formatInterval(found, formatAdded)}</span>`
    }`;
}

function selectedPairs(row: ComparisonRow): Child {
  const text = describeSelectedPairs(row);
  return text === '' ? absent() : html`<span class="pairs">${text}</span>`;
}
