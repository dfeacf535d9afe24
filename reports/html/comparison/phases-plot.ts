import type { MetricName } from '../../../harness/metrics/catalogue.ts';
import type { ComparisonRow } from '../../../harness/result.ts';
import { formatFigure } from '../../figures.ts';
import { type Scale, shareOf } from '../axis.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { dataTable, figure, metricName } from '../parts.ts';
import { nothingMeasured, plot } from './plot.ts';

/** The marks of a waterfall, in the order of the table. */
const PHASES = [
  'stun_ms',
  'turn_allocate_ms',
  'gather_ms',
  'ice_connected_ms',
  'dtls_connected_ms',
  'connect_ms',
  'first_rtp_ms',
  'first_frame_ms',
] as const satisfies MetricName[];
type Phase = (typeof PHASES)[number];

/** What one stretch of the bar is, and where it ends; each begins where the one before ended. */
const STRETCHES = [
  { name: 'ICE', to: 'ice_connected_ms', peer: 0 },
  { name: 'DTLS', to: 'dtls_connected_ms', peer: 1 },
  { name: 'first RTP', to: 'first_rtp_ms', peer: 2 },
  { name: 'first frame', to: 'first_frame_ms', peer: 3 },
] as const satisfies { name: string; to: Phase; peer: number }[];

/** How a call comes about in every variant, on one time axis: the median of each mark over the variant's calls. */
export function phasesPlot(rows: readonly ComparisonRow[]): Markup | undefined {
  const lengthMs = Math.max(
    0,
    ...rows.flatMap((row) =>
      [...STRETCHES.map(({ to }) => median(row, to)), median(row, 'turn_allocate_ms')].map((ms) => ms ?? 0),
    ),
  );
  if (lengthMs === 0) return undefined;
  const scale = { from: 0, to: lengthMs * 1.03 };
  const shown = PHASES.filter((phase) => rows.some((row) => median(row, phase) !== undefined));
  return html`${plot({
    title: 'Waterfalls, ms: how a call comes about, median of every mark',
    rows,
    scale,
    draw: (row) => html`${stretches(row, scale)}${gathering(row, scale)}`,
    inWords: (row) => {
      const connectMs = median(row, 'connect_ms');
      return connectMs === undefined
        ? nothingMeasured(row)
        : html`<span class="after">connect </span><b>${formatFigure(connectMs, 'ms')}</b>`;
    },
  })}
  ${key(rows)}
  ${dataTable(
    'Medians of the waterfalls',
    [{ title: 'p50' }, ...shown.map((phase) => ({ title: metricName(phase), figure: true as const }))],
    rows.map((row): Child[] => [row.variant, ...shown.map((phase) => figure(median(row, phase), 'ms'))]),
  )}`;
}

function stretches(row: ComparisonRow, scale: Scale): Markup[] {
  let fromMs = 0;
  return STRETCHES.flatMap(({ to, peer }) => {
    const toMs = median(row, to);
    // Medians of different marks need not be in order: DTLS may report before ICE does.
    if (toMs === undefined || toMs <= fromMs) return [];
    const x = shareOf(fromMs, scale);
    const width = shareOf(toMs - fromMs, scale);
    fromMs = toMs;
    return html`<rect class="bar" data-peer="${peer}" x="${x}" y="3" width="${width}" height="12" />`;
  });
}

/** Below the bar, as it goes on beside ICE: gathering, with the moment of the relayed candidate. May leave the axis. */
function gathering(row: ComparisonRow, scale: Scale): Markup | undefined {
  const gatherMs = median(row, 'gather_ms');
  const relayMs = median(row, 'turn_allocate_ms');
  if (gatherMs === undefined && relayMs === undefined) return undefined;
  const endMs = Math.min(gatherMs ?? relayMs ?? 0, scale.to);
  return html`<line class="gathering" x1="0" x2="${shareOf(endMs, scale)}" y1="20" y2="20" /> ${
      relayMs !== undefined &&
      html`<svg class="relay" x="${shareOf(relayMs, scale)}"><path d="M-5 20 0 15 5 20 0 25Z" /></svg>`
    }`;
}

function key(rows: readonly ComparisonRow[]): Markup {
  const relayed = rows.some((row) => median(row, 'turn_allocate_ms') !== undefined);
  return html`<ul class="legend key">
    ${STRETCHES.filter(({ to }) => rows.some((row) => median(row, to) !== undefined)).map(({ name, peer }) => html`<li data-peer="${peer}"><i class="swatch"></i>until ${name}</li>`)}
    <li><i class="swatch thin"></i>gathering</li>
    ${relayed && html`<li><i class="swatch diamond"></i>relayed candidate</li>`}
  </ul>`;
}

function median({ metrics }: ComparisonRow, phase: Phase): number | undefined {
  return metrics[phase]?.p50;
}
