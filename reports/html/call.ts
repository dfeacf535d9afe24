import type { Fault } from '../../harness/call-record.ts';
import type { CallResult, CheckResult, RunResult } from '../../harness/result.ts';
import { formatDuration, formatFigure } from '../figures.ts';
import type { CallDetail } from '../input.ts';
import { cellTitle, timeToBoth } from '../matrix.ts';
import { byUrgency } from '../status-marks.ts';
import { chartData } from './charts.ts';
import { candidateFold, connectionTable } from './connection.ts';
import { contentTable } from './content.ts';
import { anchor, type Child, html, jsonScript, Markup } from './markup.ts';
import { peerMetricsTable } from './metrics-table.ts';
import { meshTable } from './mesh.ts';
import { networkFold } from './network.ts';
import { reasonList } from './overview.ts';
import { dataTable, mark } from './parts.ts';
import { recordingTable } from './recordings.ts';
import { consoleFold, eventFold, logFolds, type RecordLimits, signalingFold } from './records.ts';
import { sdpFold } from './sdp.ts';
import { waterfallView } from './waterfall-view.ts';

export interface CallOptions {
  /** Opened when the page is. */
  open: boolean;
  /** Coarser charts, and without SDP, events and logs: one of many calls that passed. */
  brief: boolean;
}

/** Points of a series in a call shown in brief. */
const FEW_POINTS = 120;

const LIMITS: RecordLimits = { events: 400, signaling: 200, console: 200, logs: 60 };

/** Everything about one call, closed behind its headline. */
export function callView(
  result: RunResult,
  call: CallResult,
  detail: CallDetail | undefined,
  options: CallOptions,
): Markup {
  const title = cellTitle(result, {
    assignment: assignmentOf(result, call),
    ...(call.variant && { variant: call.variant }),
  });
  return html`<details class="call" data-status="${call.status}" ${options.open && new Markup(' open')}>
    <summary>
      ${mark(call.status)}<span class="title"><b>${title}</b> <code>${call.id}</code></span
      ><span class="figures">${summaryFigures(call)}</span><span class="sentence">${call.headline}</span>
    </summary>
    <div class="body" id="${anchor('call', call.id)}" tabindex="-1">
      ${reasonList(call.reasons, call.headline)}${evidence(call)}${detail?.record.fault && faultView(detail.record.fault, call)}
      ${
        detail
          ? detailView(result, call, detail, options)
          : html`${checkSection(call)}${figureSection(result, call)}${call.network && html`<div class="folds">${networkFold(call.network)}</div>`}
              <p class="note">The record of this call is not there: it is shown from the verdict alone.</p>`
      }
    </div>
  </details>`;
}

function detailView(result: RunResult, call: CallResult, detail: CallDetail, { brief }: CallOptions): Markup {
  const { record } = detail;
  const roles = rolesOf(result, call);
  const peers = roles.flatMap((role) => record.peers[role] ?? []);
  const mesh = meshTable(record, roles);
  return html`${section('Waterfall', waterfallView(record))}
    ${section('Over time', chartSection(call, detail, brief))} ${checkSection(call)}
    ${mesh && section('Connections', mesh)} ${section('Connection', connectionTable(record, roles))}
    ${tableSection('Test patterns', contentTable(record))}
    ${tableSection('Recordings', recordingTable(record))} ${figureSection(result, call)}
    <div class="folds">
      ${call.network && networkFold(call.network)} ${peers.map((peer) => candidateFold(record, peer))}
      ${
        brief
          ? html`<p class="note">
              Kept short, as this is one of many calls that passed: SDP, events, signaling and logs are in
              <code>calls/${call.id}/</code>.
            </p>`
          : [
              sdpFold(peers),
              eventFold(detail, LIMITS.events),
              signalingFold(detail, LIMITS.signaling),
              consoleFold(detail, LIMITS.console),
              logFolds(detail, LIMITS.logs),
            ]
      }
    </div>`;
}

function chartSection(call: CallResult, { record, series }: CallDetail, brief: boolean): Markup {
  const data = chartData(record, series, brief ? FEW_POINTS : undefined);
  if (data.charts.length === 0) return html`<p class="note">No stats were sampled in this call.</p>`;
  const id = anchor('series', call.id);
  return html`<div class="charts" data-series="${id}"></div>
    ${jsonScript(id, data)}<noscript
      ><p class="note">
        Charts are drawn by JavaScript. The figures below are complete without it.
      </p></noscript
    >`;
}

function checkSection({ checks }: CallResult): Child {
  if (checks.length === 0) return undefined;
  const held = checks.filter((check) => check.status === 'passed').length;
  const rows = byUrgency(checks).map((check: CheckResult): Child[] => [
    html`${mark(check.status)} ${check.name}`,
    check.role,
    check.phase,
    check.expected,
    check.actual,
  ]);
  const columns = ['Check', 'Role', 'Phase', 'Expected', 'Actual'].map((title) => ({ title }));
  return section(`Checks: ${held} of ${checks.length} held`, dataTable('Checks', columns, rows));
}

/** Nothing of nothing. */
function tableSection(title: string, table: Markup | undefined): Child {
  return table && section(title, table);
}

function figureSection(result: RunResult, call: CallResult): Child {
  return tableSection('Figures', peerMetricsTable(call, rolesOf(result, call), result.ownMetrics));
}

/** What each peer last looked like, when the call did not pass. */
function evidence(call: CallResult): Child {
  const lines = Object.entries(call.peers).filter(([, peer]) => peer.evidence);
  if (lines.length === 0) return undefined;
  return html`<dl class="evidence">
    ${lines.map(
      ([role, peer]) =>
        html`<div>
          <dt>${role} <span>${peer.browser}</span></dt>
          <dd>${peer.evidence}</dd>
        </div>`,
    )}
  </dl>`;
}

function faultView({ code, hint, details }: Fault, { reasons }: CallResult): Markup {
  const said = reasons.some((reason) => reason.hint === hint);
  const facts = Object.keys(details).length > 0 ? JSON.stringify(details, undefined, 2) : undefined;
  return html`<div class="fault">
    <p><code>${code}</code>${hint && !said && html` ${hint}`}</p>
    ${facts && html`<pre tabindex="0">${facts.slice(0, 8000)}</pre>`}
  </div>`;
}

function section(title: string, content: Child): Markup {
  return html`<section>
    <h4>${title}</h4>
    ${content}
  </section>`;
}

function summaryFigures(call: CallResult): string {
  const connectMs = timeToBoth([call], 'connect_ms');
  const connect = connectMs === undefined ? '' : `connect ${formatFigure(connectMs, 'ms')}, `;
  return `${connect}took ${formatDuration(call.durationMs)}`;
}

function assignmentOf(result: RunResult, call: CallResult): Record<string, string> {
  const cell = result.cells.find(({ id }) => id === call.cell);
  return (
    cell?.assignment ??
    Object.fromEntries(Object.entries(call.peers).map(([role, peer]) => [role, peer.browser]))
  );
}

function rolesOf(result: RunResult, call: CallResult): string[] {
  const assignment = assignmentOf(result, call);
  const roles = result.scenario.roles.filter((role) => assignment[role] !== undefined);
  return roles.length > 0 ? roles : Object.keys(call.peers);
}
