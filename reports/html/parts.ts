import type { RunResult, Status } from '../../harness/result.ts';
import { definitionOf, knownMetrics } from '../../harness/metrics/custom-metrics.ts';
import { ABSENT, formatFigure } from '../figures.ts';
import { STATUS_MARKS } from '../status-marks.ts';
import { type Child, html, Markup } from './markup.ts';

/** A status as a shape with its mark; the word is there for those who do not see it. */
export function mark(status: Status): Markup {
  return html`<span class="mark" data-status="${status}" title="${status}"
    ><span aria-hidden="true">${STATUS_MARKS[status]}</span><span class="unseen">${status}</span></span
  >`;
}

export interface Column {
  title: Child;
  /** Figures: right-aligned, in digits of one width. */
  figure?: true;
}

/** A table that scrolls inside its own box when the page is narrow. The first cell of a row is its header. */
export function dataTable(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly Child[])[],
): Markup {
  const heads = columns.map(
    ({ title, figure }) => html`<th scope="col" ${figureClass(figure)}>${title}</th>`,
  );
  const cells = (row: readonly Child[]) =>
    row.map((cell, index) => {
      const figure = figureClass(columns[index]?.figure);
      return index === 0 ? html`<th scope="row" ${figure}>${cell}</th>` : html`<td${figure}>${cell}</td>`;
    });
  return scrollBox(
    label,
    html`<table>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${cells(row)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

/** Scrolls sideways on its own, also by keyboard. */
export function scrollBox(label: string, content: Markup): Markup {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div>`;
}

/** A figure with its unit; a dash that says so when it was not reported. */
export function figure(value: number | undefined, unit: string): Markup {
  const text = formatFigure(value, unit);
  return text === ABSENT ? absent() : html`${text}`;
}

/** Stands where a browser or the harness reported nothing. */
export function absent(): Markup {
  return html`<span class="absent" title="not reported">${ABSENT}</span>`;
}

/** Text, or {@link absent}. */
export function orAbsent(text: string | number | undefined): Child {
  return text === undefined || text === '' ? absent() : text;
}

/** A metric's name with its description, from the catalogue or as the scenario says of its own. */
export function metricName(name: string, own?: RunResult['ownMetrics']): Markup {
  const definition = definitionOf(knownMetrics(own), name.replace(/\{.*$/s, ''));
  return definition
    ? html`<code title="${definition.description}">${name}</code>`
    : html`<code>${name}</code>`;
}

/** Something that opens: its title, how much is in it, and the content. */
export function fold(title: string, amount: string, content: Child, open = false): Markup {
  return html`<details class="fold" ${open && new Markup(' open')}>
    <summary><span>${title}</span> <span class="amount">${amount}</span></summary>
    ${content}
  </details>`;
}

/** Says that not everything is here, and where all of it is. */
export function leftOut(shown: number, total: number, file: string): Markup | undefined {
  if (shown >= total) return undefined;
  return html`<p class="note">${total - shown} more of ${total} in <code>${file}</code>.</p>`;
}

function figureClass(figure: true | undefined): Markup | undefined {
  return figure && new Markup(' class="figure"');
}
