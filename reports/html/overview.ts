import type { Reason, RunResult } from '../../harness/result.ts';
import { formatDuration, formatFigure, plural } from '../figures.ts';
import { describeFleet } from '../fleet.ts';
import { networkSentence } from '../comparison.ts';
import { knownSentences } from '../known.ts';
import { byUrgency } from '../status-marks.ts';
import { type Child, html, type Markup } from './markup.ts';
import { dataTable, figure, leftOut, mark, metricName, orAbsent } from './parts.ts';

/** The most reasons that are listed, the gravest first. */
const MOST_REASONS = 50;

/** What a reader sees first: the verdict, one sentence, the facts of the run in a line. */
export function verdict(result: RunResult): Markup {
  const { passed, failed, inconclusive } = result.checks;
  const facts = [
    html`<time datetime="${result.startedAt}"
      >${result.startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time
    >`,
    formatDuration(result.wallMs),
    `${plural(result.cells.length, 'cell')}, ${plural(result.calls.length, 'call')}`,
    `${passed} of ${plural(passed + failed + inconclusive, 'check')} held`,
    `exit code ${result.exitCode}`,
  ];
  return html`<header class="verdict" data-status="${result.status}">
    <p class="brand"><b>Callrig</b> <span>${result.scenario.name}</span></p>
    <div class="headline">
      ${mark(result.status)}
      <div>
        <p class="word">${result.status}</p>
        <h1>${result.headline}</h1>
      </div>
    </div>
    ${result.aborted && html`<p class="aborted">Stopped by ${result.aborted}: what follows is what was measured until then.</p>`}
    <ul class="facts">
      ${facts.map((fact) => html`<li>${fact}</li>`)}
    </ul>
  </header>`;
}

/** Why the status is what it is, without repeating the sentence that stands above it. Nothing if there is none. */
export function reasonList(reasons: readonly Reason[], headline: string): Markup | undefined {
  if (reasons.length === 0) return undefined;
  return html`<ul class="reasons">
      ${byUrgency(reasons)
        .slice(0, MOST_REASONS)
        .map(
          (reason) =>
            html`<li>
              ${mark(reason.status)}
              <div>
                ${reason.message !== headline && html`<p>${reason.message}</p>`} ${reasonFacts(reason)}
              </div>
            </li>`,
        )}
    </ul>
    ${leftOut(MOST_REASONS, reasons.length, 'result.json')}`;
}

/** Bugs of browsers that were to be expected: why they are, and whether the run showed them. Nothing if there were none. */
export function knownList(result: RunResult): Markup | undefined {
  const told = knownSentences(result);
  if (told.length === 0) return undefined;
  return html`<h3>Known failures</h3>
    <ul class="reasons known">
      ${told.map(
        ({ sentence, isGone, link }) =>
          html`<li>
            ${mark(isGone ? 'passed' : 'failed')}
            <div>
              <p>${sentence}</p>
              ${link !== undefined && html`<p class="note">${link}</p>`}
            </div>
          </li>`,
      )}
    </ul>`;
}

/** Expected beside actual, with how many samples say so. */
export function thresholdTable(result: RunResult): Markup {
  if (result.thresholds.length === 0)
    return html`<p class="note">This run had no thresholds: checks alone judged it.</p>`;
  const rows = result.thresholds.map((threshold): Child[] => [
    html`${mark(threshold.status)} ${metricName(threshold.metric, result.ownMetrics)}`,
    html`<code>${threshold.expression}</code>`,
    figure(threshold.actual, threshold.unit),
    threshold.unit,
    threshold.samples,
  ]);
  const columns = [
    { title: 'Metric' },
    { title: 'Expected' },
    { title: 'Actual', figure: true },
    { title: 'Unit' },
    { title: 'Samples', figure: true },
  ] as const;
  return dataTable('Thresholds', columns, rows);
}

/** Where it ran, and with which browsers. */
export function environmentFacts(result: RunResult): Markup {
  const { environment } = result;
  const browsers = result.browsers.map((browser): Child[] => [
    browser.name,
    browser.kind,
    orAbsent(browser.version),
    browser.driver,
    browser.headed ? 'headed' : 'headless',
  ]);
  return html`${definitions([
    ['Scenario', `${result.scenario.name}: ${result.scenario.summary}`],
    ['Guards against', result.scenario.guardsAgainst],
    ['Machine', `${environment.os}, ${environment.arch}`],
    ['Processors', `${environment.cpus} × ${environment.cpuModel}`],
    ['Memory', formatFigure(environment.memoryBytes, 'bytes')],
    ['Network', html`<b>${environment.network}</b> ${networkSentence(environment)}`],
    ...(environment.grid === undefined ? [] : [['Browsers', `of the Grid at ${environment.grid}`] as const]),
    ...(result.fleet ? [['Peers', describeFleet(result.fleet)] as const] : []),
    ...(result.bots ? [['Bots', result.bots.map(describeBot).join(', ')] as const] : []),
    ['Node', environment.node],
    ['Callrig', `${result.callrig}${environment.ci ? ', in CI' : ''}`],
    ['Run', html`<code>${result.runId}</code>`],
    ['Seed', String(result.seed)],
  ])}
  ${dataTable(
    'Browsers',
    ['Browser', 'Kind', 'Version', 'Driver', 'Window'].map((title) => ({ title })),
    browsers,
  )}`;
}

function describeBot(bot: NonNullable<RunResult['bots']>[number]): string {
  return `${bot.name} (${bot.package} ${bot.version ?? 'not installed'})`;
}

/** Terms and what they are. */
export function definitions(pairs: readonly (readonly [string, Child])[]): Markup {
  return html`<dl>
    ${pairs.map(
      ([term, meaning]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${meaning}</dd>
        </div>`,
    )}
  </dl>`;
}

function reasonFacts({ kind, role, phase, expected, actual, unit, samples, hint }: Reason): Child {
  const facts: Child[] = [
    html`<span>${kind}</span>`,
    role && html`<span>${role}</span>`,
    phase && html`<span>phase <b>${phase}</b></span>`,
    expected && html`<span>expected <b>${expected}</b></span>`,
    actual && html`<span>got <b>${actual}${unit && ` ${unit}`}</b></span>`,
    samples !== undefined && html`<span>${plural(samples, 'sample')}</span>`,
  ];
  return html`<p class="why">${facts}</p>
    ${hint && html`<p class="hint">${hint}</p>`}`;
}
