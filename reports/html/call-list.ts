import type { CallResult } from '../../harness/result.ts';
import { formatDuration, plural } from '../figures.ts';
import { timeToBoth } from '../matrix.ts';
import { byUrgency } from '../status-marks.ts';
import { anchor, type Child, html, type Markup } from './markup.ts';
import { type Column, dataTable, figure, fold, leftOut, mark } from './parts.ts';

/** So many lines of calls that passed in a cell, and of those that did not. */
const MOST_LINES = 500;

const COLUMNS: Column[] = [
  { title: 'Call' },
  { title: 'Outcome' },
  { title: 'Connect', figure: true },
  { title: 'Took', figure: true },
];

/** Calls of which a run has too many to show them in detail: a line each, those that did not pass apart. */
export function callList(calls: readonly CallResult[]): Child {
  const passed = calls.filter(({ status }) => status === 'passed');
  const others = byUrgency(calls.filter(({ status }) => status !== 'passed'));
  return [
    listOf(others, `${plural(others.length, 'more call')} that did not pass`, 'failed'),
    listOf(passed, `${plural(passed.length, 'more call')} that passed`, 'passed'),
  ];
}

function listOf(
  calls: readonly CallResult[],
  title: string,
  status: 'passed' | 'failed',
): Markup | undefined {
  if (calls.length === 0) return undefined;
  const rows = calls
    .slice(0, MOST_LINES)
    .map((call): Child[] => [
      html`${mark(call.status)} <code id="${anchor('call', call.id)}" tabindex="-1">${call.id}</code>`,
      call.headline,
      figure(timeToBoth([call], 'connect_ms'), 'ms'),
      formatDuration(call.durationMs),
    ]);
  return html`<div class="call-list" data-status="${status}">
    ${fold(
      title,
      '',
      html`${dataTable(title, COLUMNS, rows)}${leftOut(MOST_LINES, calls.length, 'result.json')}
        <p class="note">Of each, <code>calls/</code> has everything.</p>`,
    )}
  </div>`;
}
