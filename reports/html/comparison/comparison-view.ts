import type { Comparison, RunResult } from '../../../harness/result.ts';
import {
  capitalised,
  COMPARED,
  MEASURED,
  describePair,
  networkSentence,
  overallRows,
  repetitionSentence,
  rowsByPair,
} from '../../comparison.ts';
import { plural } from '../../figures.ts';
import { html, type Markup } from '../markup.ts';
import { definitions } from '../overview.ts';
import { fold } from '../parts.ts';
import { addedPlot } from './added-plot.ts';
import { comparisonTable } from './comparison-table.ts';
import { phasesPlot } from './phases-plot.ts';
import { spreadPlot } from './spread-plot.ts';

/** The variants side by side: table, distributions, what each adds to the baseline, waterfalls, and pair by pair. */
export function comparisonView(comparison: Comparison, { environment }: RunResult): Markup {
  const rows = overallRows(comparison);
  const tried = rows.filter(({ unsupported }) => unsupported === undefined);
  return html`<p>${networkSentence(environment, comparison)}</p>
    <p class="note">${repetitionSentence(comparison)}</p>
    ${comparisonTable('Comparison over all pairs', comparison, rows)}
    <p class="note">
      Median, p95, and the 95 % confidence interval of the median; none of fewer than 5 calls.
      ${cost(comparison)}
    </p>
    <div class="charts">
      ${MEASURED.map(({ metric, title }) => spreadPlot(chartTitle(title), metric, tried))}
      ${COMPARED.map(({ metric, added, title }) => [
        spreadPlot(chartTitle(title), metric, tried),
        addedPlot(title, added, tried, comparison),
      ])}
    </div>
    ${spreadKey()} ${phasesPlot(tried)}
    <p class="note">
      Medians over both peers of every call, each from its own start of negotiation; gathering begins some
      milliseconds after it and may go on beyond the axis.
    </p>
    <div class="folds">
      ${rowsByPair(comparison).map((group) =>
        fold(
          describePair(group.pair),
          plural(
            group.rows.reduce((total, { calls }) => total + calls, 0),
            'call',
          ),
          comparisonTable(`Comparison of ${describePair(group.pair)}`, comparison, group.rows),
        ),
      )}
      ${fold(
        `What each ${comparison.axis} is`,
        String(comparison.cases.length),
        definitions(comparison.cases.map(({ name, summary }) => [name, summary])),
      )}
    </div>`;
}

function cost({ baseline }: Comparison): string | false {
  return (
    baseline !== undefined &&
    `Added: what a peer took longer than the median of ${baseline} for the same browsers and role.`
  );
}

function chartTitle(title: string): string {
  return `${capitalised(title)}, ms: single values, p50, p95`;
}

function spreadKey(): Markup {
  return html`<ul class="legend key">
    <li><i class="swatch dot"></i>a single value</li>
    <li><i class="swatch upright"></i>p50</li>
    <li><i class="swatch dashed"></i>p95</li>
    <li><i class="swatch interval"></i>95 % confidence interval of p50</li>
  </ul>`;
}
