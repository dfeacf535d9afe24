import type { RunResult, Status } from '../../harness/result.ts';
import { formatFigure } from '../figures.ts';
import { arrangeMatrix, cellTitle, type Matrix, type MatrixCell, routeTaken, timeToBoth } from '../matrix.ts';
import { byUrgency, STATUS_MARKS, STATUS_MEANINGS } from '../status-marks.ts';
import { anchor, type Child, html, type Markup } from './markup.ts';
import { dataTable, mark, scrollBox } from './parts.ts';

/** Links from one cell to calls that did not pass; more are counted. */
const MOST_LINKS = 6;

/** The interop matrix: each cell leads to its call, or to the list of its calls. */
export function matrixView(result: RunResult): Markup {
  const matrix = arrangeMatrix(result);
  if (matrix.shape === 'list') return listView(result, matrix.roles, matrix.cells);
  return gridView(result, matrix);
}

function gridView(result: RunResult, grid: Extract<Matrix, { shape: 'grid' }>): Markup {
  const head = grid.columns.map((column) => html`<th scope="col">${column}</th>`);
  const rows = grid.rows.map(
    ({ name, cells }) =>
      html`<tr>
        <th scope="row">${name}</th>
        ${cells.map((cell) => cellView(result, cell))}
      </tr>`,
  );
  return html`${scrollBox(
    'Matrix',
    html`<table class="matrix">
      <caption class="unseen">
        Rows: ${grid.down}. Columns: ${grid.across}.
      </caption>
      <thead>
        <tr>
          <td class="axes"><span>${grid.down} ↓</span> <span>${grid.across} →</span></td>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  )}${legend(grid.rows.flatMap(({ cells }) => cells))}`;
}

function cellView(result: RunResult, entry: MatrixCell | undefined): Markup {
  if (!entry)
    return html`<td class="unplanned" title="not part of this run">
      <span class="unseen">not part of this run</span>
    </td>`;
  const label = `${cellTitle(result, entry.cell)}: ${entry.cell.status}`;
  return html`<td data-status="${entry.cell.status}">
    <a class="cell" href="#${target(entry)}" aria-label="${label}"
      >${mark(entry.cell.status)}<span>${figures(result, entry)}</span></a
    >${troubledCalls(entry)}
  </td>`;
}

function listView(result: RunResult, roles: readonly string[], cells: readonly MatrixCell[]): Markup {
  const rows = cells.map((entry): Child[] => [
    html`<a href="#${target(entry)}">${mark(entry.cell.status)} ${entry.cell.status}</a>`,
    ...roles.map((role) => entry.cell.assignment[role]),
    html`${figures(result, entry)}${troubledCalls(entry)}`,
  ]);
  const columns = ['Status', ...roles, 'Calls'].map((title) => ({ title }));
  return html`${dataTable(`Cells of ${result.scenario.name}`, columns, rows)}${legend(cells)}`;
}

/** Connect time of a single call, how many passed of several; in a grid of variants also the way media took. */
function figures({ scenario }: RunResult, { cell, calls, passed }: MatrixCell): Child {
  if (calls.length === 0) return 'not run';
  const connectMs = timeToBoth(calls, 'connect_ms');
  const route = cell.variant && routeTaken(calls, scenario.roles);
  return [
    route && html`<b class="route">${route}</b><br />`,
    calls.length > 1 && html`<b>${passed} of ${calls.length}</b> passed`,
    calls.length > 1 && connectMs !== undefined && html`<br />`,
    connectMs === undefined
      ? calls.length === 1 && cell.status
      : html`connect <b>${formatFigure(connectMs, 'ms')}</b>`,
  ];
}

function troubledCalls({ calls }: MatrixCell): Child {
  const troubled = byUrgency(calls).filter((call) => call.status !== 'passed');
  if (calls.length < 2 || troubled.length === 0) return undefined;
  const links = troubled
    .slice(0, MOST_LINKS)
    .map(
      (call) =>
        html`<a href="#${anchor('call', call.id)}" title="${call.id}: ${call.status}"
          >${mark(call.status)}</a
        >`,
    );
  const more = troubled.length - links.length;
  return html`<span class="troubled">${links}${more > 0 && html`<span>+${more}</span>`}</span>`;
}

function target({ cell, calls }: MatrixCell): string {
  const [only, second] = calls;
  return only && !second ? anchor('call', only.id) : anchor('cell', cell.id);
}

/** Only the statuses that occur. */
function legend(entries: readonly (MatrixCell | undefined)[]): Markup {
  const present = new Set(
    entries.flatMap((entry) => entry && [entry.cell.status, ...entry.calls.map((call) => call.status)]),
  );
  const statuses = (Object.keys(STATUS_MARKS) as Status[]).filter((status) => present.has(status));
  return html`<ul class="legend">
    ${statuses.map(
      (status) =>
        html`<li>
          ${mark(status)} <span><b>${status}</b> ${STATUS_MEANINGS[status]}</span>
        </li>`,
    )}
  </ul>`;
}
