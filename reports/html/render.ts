import type { CallResult, RunResult } from '../../harness/result.ts';
import { detailedCalls } from '../detailed-calls.ts';
import { findDifferences } from '../differences.ts';
import { plural } from '../figures.ts';
import type { ReportInput } from '../input.ts';
import { cellTitle, matrixCells, type MatrixCell } from '../matrix.ts';
import { STATUS_MARKS } from '../status-marks.ts';
import { callList } from './call-list.ts';
import { callView } from './call.ts';
import { comparisonView } from './comparison/comparison-view.ts';
import { differencesView } from './differences-view.ts';
import { htmlDocument } from './document.ts';
import { loadView } from './load-view.ts';
import type { ReportAssets } from './load-assets.ts';
import { anchor, type Child, html, type Markup } from './markup.ts';
import { matrixView } from './matrix-view.ts';
import { metricsTable } from './metrics-table.ts';
import { environmentFacts, knownList, reasonList, thresholdTable, verdict } from './overview.ts';

/** At most this many calls in trouble are open from the start. */
const MOST_OPEN = 2;

/** In a run of more calls than this, those that passed are shown in brief, but for the first of each cell. */
const MANY_CALLS = 24;

/** The report of a run as one HTML file that needs nothing else. */
export function renderHtml(input: ReportInput, assets: ReportAssets): string {
  const { result } = input;
  const differences = differencesView(findDifferences(result));
  const load = loadView(result, input.times);
  const body = html`${verdict(result)}
    <nav aria-label="Sections">${navigation(result, differences !== undefined)}</nav>
    <main>
      ${reasonList(result.reasons, result.headline)}${knownList(result)}
      ${result.comparison && section('comparison', 'Comparison', comparisonView(result.comparison, result))}
      ${load && section('load', 'Load', load)} ${section('matrix', 'Matrix', matrixView(result))}
      ${differences && section('differences', 'Where the browsers differ', differences)}
      ${section('thresholds', 'Thresholds', thresholdTable(result))}
      ${section('calls', 'Calls', callSections(input))}
      ${section('metrics', 'Metrics of the run', metricsTable(result.metrics, result.ownMetrics))}
      ${section('environment', 'Environment', environmentFacts(result))}
    </main>`;
  const title = `${STATUS_MARKS[result.status]} ${result.scenario.name}: ${result.headline}`;
  return htmlDocument({ title, body, assets });
}

function callSections(input: ReportInput): Child {
  const { result } = input;
  const details = new Map(input.calls.map((detail) => [detail.record.id, detail]));
  const open = openedCalls(result);
  const detailed = detailedCalls(result);
  const groups = matrixCells(result).map(({ cell, calls, passed }) => {
    const views = calls
      .filter(({ id }) => detailed.has(id))
      .map((call, index) =>
        callView(result, call, details.get(call.id), {
          open: open.has(call.id),
          brief: result.calls.length > MANY_CALLS && call.status === 'passed' && index > 0,
        }),
      );
    return html`<section class="cell-calls" data-status="${cell.status}" id="${anchor('cell', cell.id)}">
      <h3>${cellTitle(result, cell)} <span>${countOf({ cell, calls, passed })}</span></h3>
      ${views} ${callList(calls.filter(({ id }) => !detailed.has(id)))}
    </section>`;
  });
  const troubled = result.calls.some((call) => call.status !== 'passed');
  return [troubled && result.calls.length > 1 && onlyTroubled(), groups];
}

/** Works without JavaScript: the style sheet hides what passed while the box is ticked. */
function onlyTroubled(): Markup {
  return html`<p class="only">
    <label><input type="checkbox" id="only-troubled" /> only calls that did not pass</label>
  </p>`;
}

function countOf({ calls, passed }: MatrixCell): string {
  return calls.length === 0 ? 'not run' : `${passed} of ${plural(calls.length, 'call')} passed`;
}

/** The only call of a run, or the first ones in trouble. */
function openedCalls({ calls }: RunResult): Set<string> {
  const idsOf = (chosen: readonly CallResult[]) => new Set(chosen.map((call) => call.id));
  if (calls.length === 1) return idsOf(calls);
  return idsOf(
    calls.filter((call) => call.status !== 'passed' && call.status !== 'unsupported').slice(0, MOST_OPEN),
  );
}

function navigation(result: RunResult, hasDifferences: boolean): Markup[] {
  const sections = [
    ...(result.comparison ? ['Comparison'] : []),
    ...(result.load ? ['Load'] : []),
    'Matrix',
    ...(hasDifferences ? ['Differences'] : []),
    'Thresholds',
    'Calls',
    'Metrics',
    'Environment',
  ];
  const amounts: Record<string, number> = {
    Thresholds: result.thresholds.length,
    Calls: result.calls.length,
  };
  return sections.map(
    (name) =>
      html`<a href="#${name.toLowerCase()}"
        >${name}${amounts[name] !== undefined && html` <span>${amounts[name]}</span>`}</a
      >`,
  );
}

function section(id: string, title: string, content: Child): Markup {
  return html`<section id="${id}">
    <h2>${title}</h2>
    ${content}
  </section>`;
}
