import type { CallRecord } from '../../harness/call-record.ts';
import { formatFigure } from '../figures.ts';
import { axisLabels, shareOf, tickLines } from './axis.ts';
import { html, type Markup } from './markup.ts';
import { layOutWaterfall, type PeerWaterfall, type Waterfall, type WaterfallRow } from './waterfall.ts';

/**
 * The waterfall as a table: each line has its name, a bar and its time in words, so that it reads without the drawing
 * and at any width.
 */
export function waterfallView(record: CallRecord): Markup {
  const waterfall = layOutWaterfall(record);
  if (!waterfall) return html`<p class="note">No peer got as far as opening media or negotiating.</p>`;
  return html`<table class="waterfall">
      <caption class="unseen">
        When each stretch of setting up the call began and ended
      </caption>
      <thead>
        <tr>
          <td></td>
          <td>${axisLabels({ from: 0, to: waterfall.lengthMs })}</td>
          <td></td>
        </tr>
      </thead>
      ${waterfall.peers.map((peer, index) => peerRows(peer, index, waterfall))}
    </table>
    <p class="note">${clockNote(waterfall)}</p>`;
}

function peerRows(peer: PeerWaterfall, index: number, { lengthMs }: Waterfall): Markup {
  const lines = peer.rows.map(
    (row) =>
      html`<tr>
        <th scope="row">${row.name}</th>
        <td>${bar(row, lengthMs)}</td>
        <td class="figure">${inWords(row)}</td>
      </tr>`,
  );
  return html`<tbody data-peer="${index}">
    <tr>
      <th class="peer" colspan="3" scope="rowgroup">
        <i class="swatch"></i>${peer.role} <span>${peer.browser}</span>
      </th>
    </tr>
    ${lines}
  </tbody>`;
}

function bar(row: WaterfallRow, lengthMs: number): Markup {
  const scale = { from: 0, to: lengthMs };
  const share = (ms: number) => shareOf(ms, scale);
  return html`<svg aria-hidden="true" focusable="false">
    ${tickLines(scale)}${shape(row, lengthMs, share)}
  </svg>`;
}

function shape(
  { kind, fromMs, toMs, earlierMs = 0 }: WaterfallRow,
  lengthMs: number,
  share: (ms: number) => string,
): Markup | undefined {
  if (fromMs === undefined) return undefined;
  if (toMs === undefined && kind === 'moment') {
    return html`<line class="unreached" x1="${share(fromMs)}" x2="100%" y1="10" y2="10" />`;
  }
  if (toMs === undefined) {
    return html`<rect
      class="open"
      x="${share(fromMs)}"
      y="5"
      width="${share(lengthMs - fromMs)}"
      height="10"
      rx="2"
    />`;
  }
  if (kind === 'stretch') {
    return html`<rect
      class="bar"
      x="${share(fromMs)}"
      y="4"
      width="${share(Math.max(toMs - fromMs, lengthMs / 300))}"
      height="12"
      rx="2"
    />`;
  }
  const earliest = Math.max(fromMs, toMs - earlierMs);
  return html`<line class="lead" x1="${share(fromMs)}" x2="${share(toMs)}" y1="10" y2="10" /><line
      class="spread"
      x1="${share(earliest)}"
      x2="${share(toMs)}"
      y1="10"
      y2="10"
    /><svg class="point" x="${share(toMs)}"><path d="M-5 10 0 5 5 10 0 15Z" /></svg>`;
}

function inWords({ kind, fromMs, toMs, earlierMs }: WaterfallRow): Markup {
  if (fromMs === undefined) return html`<span class="absent" title="never began">–</span>`;
  if (toMs === undefined && kind === 'moment') return html`<span class="muted">not reached</span>`;
  if (toMs === undefined) return html`<b class="never">never</b>`;
  const lasted = formatFigure(Math.round(toMs - fromMs), 'ms');
  if (kind === 'stretch') return html`${lasted}`;
  const earliest = earlierMs === undefined ? undefined : Math.max(0, Math.round(toMs - fromMs - earlierMs));
  return html`<span class="after">after </span
    >${earliest !== undefined && earliest < Math.round(toMs - fromMs) && `${earliest}–`}${lasted}`;
}

function clockNote({ peers }: Waterfall): string {
  const unsure = peers.map((peer) => peer.clockUncertaintyMs).filter((value) => value !== undefined);
  const worst =
    unsure.length > 0
      ? `; the peers' clocks are aligned to ± ${formatFigure(Math.max(...unsure), 'ms')}`
      : '';
  const unaligned = peers.filter((peer) => peer.clockUncertaintyMs === undefined).map((peer) => peer.role);
  const apart =
    unaligned.length > 0 && peers.length > 1
      ? `; the clock of ${unaligned.join(' and ')} was not compared`
      : '';
  return `Milliseconds from the first mark of the call${worst}${apart}. “after” counts from the start of negotiation at that peer.`;
}
