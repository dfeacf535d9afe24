import type { CapacityResult } from '../../../harness/capacity/capacity-result.ts';
import { levelColumns, levelsBySize, levelStatus } from '../../capacity.ts';
import { formatDuration, plural } from '../../figures.ts';
import { describeFleet } from '../../fleet.ts';
import { STATUS_MARKS } from '../../status-marks.ts';
import { htmlDocument } from '../document.ts';
import type { ReportAssets } from '../load-assets.ts';
import { type Child, html, type Markup } from '../markup.ts';
import { definitions } from '../overview.ts';
import { dataTable, mark } from '../parts.ts';
import { kneeChart } from './knee-chart.ts';

/** The report of a capacity search as one HTML file; each level's own report is linked. */
export function renderCapacityHtml(result: CapacityResult, assets: ReportAssets): string {
  const { scenario, status, headline } = result;
  const asked = result.levels.find(({ thresholds }) => thresholds.length > 0)?.thresholds ?? [];
  const charts = asked.map((_, index) => kneeChart(result, index));
  const body = html`${verdict(result)}
    <main>
      ${
        charts.length > 0 &&
        html`<section id="knee">
          <h2>Where calls stop to hold</h2>
          <div class="knees">${charts}</div>
        </section>`
      }
      <section id="levels">
        <h2>Levels</h2>
        ${levelTable(result)}${note(result)}
      </section>
      <section id="environment">
        <h2>Environment</h2>
        ${environment(result)}
      </section>
    </main>`;
  return htmlDocument({ title: `${STATUS_MARKS[status]} ${scenario.name}: ${headline}`, body, assets });
}

function verdict(result: CapacityResult): Markup {
  const { scenario, status, headline, startedAt, finishedAt, levels, exitCode } = result;
  const facts = [
    html`<time datetime="${startedAt}">${startedAt.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')}</time>`,
    formatDuration(Date.parse(finishedAt) - Date.parse(startedAt)),
    plural(levels.length, 'level'),
    `exit code ${exitCode}`,
  ];
  return html`<header class="verdict" data-status="${status}">
    <p class="brand"><b>Callrig</b> <span>${scenario.name}: how many calls hold</span></p>
    <div class="headline">
      ${mark(status)}
      <div>
        <p class="word">${status}</p>
        <h1>${headline}</h1>
      </div>
    </div>
    <ul class="facts">
      ${facts.map((fact) => html`<li>${fact}</li>`)}
    </ul>
  </header>`;
}

function levelTable(result: CapacityResult): Markup {
  const [size, ...others] = levelColumns(result);
  const columns = [
    { title: 'at a time' },
    ...others.map(({ head }) => ({ title: head, figure: true as const })),
    { title: 'run' },
  ];
  const rows = levelsBySize(result).map((level): Child[] => [
    html`${mark(levelStatus(level))} ${size?.of(level)}`,
    ...others.map((column) => column.of(level)),
    level.folder === '' ? level.headline : html`<a href="${level.folder}/report.html">${level.folder}</a>`,
  ]);
  return dataTable('Levels, by size', columns, rows);
}

function note({ levelMs }: CapacityResult): Markup {
  return html`<p class="note">
    Each level is a run of its own with browsers of its own. Its figures are of the time in which all of its
    calls were held, ${formatDuration(levelMs)} at most; the largest that held was tried twice.
  </p>`;
}

function environment({ environment, browsers, fleet, callrig }: CapacityResult): Markup {
  return definitions([
    ['Machine', `${environment.os}, ${environment.arch}`],
    ['Processors', `${environment.cpus} × ${environment.cpuModel}`],
    ['Browsers', browsers.map(({ name, version = '' }) => `${name} ${version}`.trim()).join(', ') || 'none'],
    ...(fleet ? [['Peers', describeFleet(fleet)] as const] : []),
    ['Network', environment.network],
    ['Node', environment.node],
    ['Callrig', callrig],
  ]);
}
