import type { ComparisonRow } from '../../../harness/result.ts';
import { axisLabels, type Scale, shareOf, tickLines } from '../axis.ts';
import { type Child, html, type Markup } from '../markup.ts';

export interface Plot {
  /** What it shows, as its heading. */
  title: string;
  rows: readonly ComparisonRow[];
  scale: Scale;
  /** What is drawn of a variant; nothing if there is nothing to draw. */
  draw: (row: ComparisonRow) => Child;
  /** The same in words, at the end of the line. */
  inWords: (row: ComparisonRow) => Child;
}

/**
 * A small chart: a line for each variant with its name, its drawing on one common axis, and its figures in words, so
 * that it reads without the drawing, at any width, and on paper.
 */
export function plot({ title, rows, scale, draw, inWords }: Plot): Markup {
  const lines = rows.map(
    (row) =>
      html`<tr>
        <th scope="row">${row.variant}</th>
        <td>
          <svg aria-hidden="true" focusable="false">${tickLines(scale)}${draw(row)}</svg>
        </td>
        <td class="figure">${inWords(row)}</td>
      </tr>`,
  );
  return html`<figure>
    <figcaption>${title}</figcaption>
    <table class="waterfall plot">
      <thead>
        <tr>
          <td></td>
          <td>${axisLabels(scale)}</td>
          <td></td>
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </figure>`;
}

/** In place of figures that are not there: whether anything was run at all. */
export function nothingMeasured({ calls }: ComparisonRow): Markup {
  return html`<span class="absent" title="not reported">${calls === 0 ? 'not run' : 'none'}</span>`;
}

/** A confidence interval: a line between two short ends. */
export function whisker(low: number, high: number, y: number, scale: Scale): Markup {
  const [x1, x2] = [shareOf(low, scale), shareOf(high, scale)];
  const end = (x: string) => html`<line x1="${x}" x2="${x}" y1="${y - 4}" y2="${y + 4}" />`;
  return html`<g class="whisker"><line x1="${x1}" x2="${x2}" y1="${y}" y2="${y}" />${end(x1)}${end(x2)}</g>`;
}
