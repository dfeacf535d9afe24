import type { CallResult, RunResult } from '../harness/result.ts';
import { callsInTrouble } from './comparison.ts';
import { differenceTitle, findDifferences } from './differences.ts';
import { formatDuration, formatFigure, plural } from './figures.ts';
import { summaryComparison } from './summary-comparison.ts';
import {
  arrangeMatrix,
  describeCell,
  type Matrix,
  type MatrixCell,
  routeTaken,
  timeToBoth,
} from './matrix.ts';
import { behindFold, MOST_SENTENCE, table, text } from './markdown.ts';
import { fleetSentence } from './fleet.ts';
import { generatorText } from './generator.ts';
import { LOAD_FIGURES, loadStatus } from './loads.ts';
import { knownSentences } from './known.ts';
import { statsSentence } from './stats.ts';
import { printable, printableLine } from './printable.ts';
import { byUrgency, STATUS_MARKS } from './status-marks.ts';

/** More calls in trouble than this are counted, not told: a comment on a pull request holds 65 536 characters. */
const MOST_CALLS = 20;
const MOST_EVIDENCE = 1500;

/** Markdown for a pull request or a CI job's summary: verdict, matrix, thresholds, what broke and why. */
export function renderSummary(result: RunResult): string {
  const { environment } = result;
  const browsers = [...result.browsers, ...(result.bots ?? [])]
    .map(({ name, version }) => (version ? `${name} ${version}` : name))
    .join(', ');
  const where = `${environment.os}, ${environment.cpus} cores, Node ${environment.node}, ${environment.network} network${environment.grid === undefined ? '' : `, browsers of the Grid at ${environment.grid}`}`;
  const parts = [
    `## ${STATUS_MARKS[result.status]} ${text(result.scenario.name)}: ${result.status}`,
    `**${text(result.headline)}**`,
    result.aborted === undefined
      ? ''
      : `**Stopped by ${text(result.aborted)}**: this is what was measured until then.`,
    ...(result.comparison ? summaryComparison(result.comparison, result) : []),
    ...(result.comparison
      ? [thresholdTable(result), behindFold('By pair of browsers', matrixTable(result))]
      : [matrixTable(result), thresholdTable(result)]),
    loadTable(result),
    text(fleetSentence(result) ?? ''),
    text(generatorText(result) ?? ''),
    text(statsSentence(result) ?? ''),
    troubledCalls(result),
    knownFailures(result),
    behindFold('Where the browsers differ', differenceTable(result)),
    `<sub>${plural(result.calls.length, 'call')} in ${formatDuration(result.wallMs)} · ${result.checks.passed} checks held, ${result.checks.failed} failed, ${result.checks.inconclusive} without evidence · ${text(browsers)} · ${text(where)} · seed ${result.seed} · exit code ${result.exitCode}</sub>`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function matrixTable(result: RunResult): string {
  const matrix = arrangeMatrix(result);
  const rows =
    matrix.shape === 'grid'
      ? gridRows(result, matrix)
      : [
          ['cell', 'status'],
          ...matrix.cells.map((entry) => [
            text(describeCell(result, entry.cell.assignment)),
            cellText(result, entry),
          ]),
        ];
  return rows.length > 1 ? table(rows) : '';
}

function gridRows(
  result: RunResult,
  { down, across, columns, rows }: Extract<Matrix, { shape: 'grid' }>,
): string[][] {
  return [
    [`${text(down)} ↓ ${text(across)} →`, ...columns.map((column) => text(column))],
    ...rows.map(({ name, cells }) => [`**${text(name)}**`, ...cells.map((entry) => cellText(result, entry))]),
  ];
}

function cellText(result: RunResult, entry: MatrixCell | undefined): string {
  if (!entry) return '';
  const { cell, calls, passed } = entry;
  const connectMs = timeToBoth(calls, 'connect_ms');
  const route = cell.variant && routeTaken(calls, result.scenario.roles);
  const facts = [
    `${STATUS_MARKS[cell.status]} ${cell.status}`,
    route !== undefined && route,
    calls.length > 1 && `${passed}/${calls.length}`,
    connectMs !== undefined && formatFigure(connectMs, 'ms'),
  ];
  return facts.filter((fact) => fact !== false).join(', ');
}

function thresholdTable({ thresholds }: RunResult): string {
  if (thresholds.length === 0) return '';
  const rows = byUrgency(thresholds).map(({ status, metric, expression, actual, unit, samples }) => [
    `${STATUS_MARKS[status]} ${text(metric)}`,
    text(expression),
    formatFigure(actual, unit),
    text(unit),
    String(samples),
  ]);
  return table([['threshold', 'expected', 'actual', 'unit', 'samples'], ...rows]);
}

function loadTable(result: RunResult): string {
  const { load: loads = [] } = result;
  if (loads.length === 0) return '';
  const rows = loads.map((load) => [
    `${STATUS_MARKS[loadStatus(load, result)]} ${text(load.name)}: ${text(load.summary)}`,
    ...LOAD_FIGURES.map(({ of }) => of(load)),
  ]);
  return table([['load', ...LOAD_FIGURES.map(({ head }) => head)], ...rows]);
}

/** More than this are in the report only. */
const MOST_DIFFERENCES = 20;

function differenceTable(result: RunResult): string {
  const rows = findDifferences(result)
    .slice(0, MOST_DIFFERENCES)
    .map((difference) => [
      text(differenceTitle(difference)),
      difference.sides
        .map(({ value, where }) => `**${text(where.join(', '))}** ${text(value === '' ? 'nothing' : value)}`)
        .join('<br>'),
    ]);
  return rows.length > 0 ? table([['what', 'where, and how'], ...rows]) : '';
}

function troubledCalls(result: RunResult): string {
  const troubled = callsInTrouble(result);
  if (troubled.length === 0) return '';
  const told = troubled.slice(0, MOST_CALLS).map(describeCall);
  const more = troubled.length - told.length;
  return [
    '### Calls that did not pass',
    ...told,
    ...(more > 0 ? [`… and ${more} more, in the report.`] : []),
  ].join('\n\n');
}

function knownFailures(result: RunResult): string {
  const told = knownSentences(result).map(
    ({ sentence, isGone, link }) =>
      `- ${isGone ? '**' : ''}${text(sentence)}${isGone ? '**' : ''}${link === undefined ? '' : ` (${text(link)})`}`,
  );
  return told.length > 0 ? ['### Known failures', told.join('\n')].join('\n\n') : '';
}

function describeCall(call: CallResult): string {
  const sentence = `${STATUS_MARKS[call.status]} **${text(call.id)}** ${text(call.headline)}`;
  const lines = [
    ...call.reasons.flatMap(({ hint }) => (hint ? [`hint: ${hint}`] : [])),
    ...call.checks
      .filter(({ status }) => status !== 'passed')
      .map(
        ({ name, role, expected, actual }) =>
          `${role ? `${role}: ` : ''}${name}: expected ${expected}, got ${actual}`,
      ),
    ...Object.entries(call.peers).flatMap(([role, { browser, evidence }]) =>
      evidence ? [`${role} (${browser}): ${evidence}`] : [],
    ),
  ].map((line) => printableLine(line, MOST_SENTENCE));
  if (lines.length === 0) return sentence;
  const evidence = escapeHtml(printable(lines.join('\n')).slice(0, MOST_EVIDENCE));
  return `${sentence}\n\n<details><summary>evidence</summary>\n\n<pre>${evidence}</pre>\n\n</details>`;
}

function escapeHtml(raw: string): string {
  return raw.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
