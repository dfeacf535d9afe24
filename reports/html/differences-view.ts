import { type Difference, differenceTitle } from '../differences.ts';
import { type Child, html, type Markup } from './markup.ts';
import { dataTable } from './parts.ts';

/** Where the browsers differed, a row for each thing; `undefined` if they did not. */
export function differencesView(differences: readonly Difference[]): Markup | undefined {
  if (differences.length === 0) return undefined;
  const rows = differences.map((difference): Child[] => [
    differenceTitle(difference),
    html`<ul class="sides">
      ${difference.sides.map(
        ({ value, where }) =>
          html`<li><span class="where">${where.join(', ')}</span> ${value === '' ? 'nothing' : value}</li>`,
      )}
    </ul>`,
  ]);
  return html`<p class="note">
      Compared between the pairs of this run: checks, what was negotiated, and figures whose ranges do not
      overlap.
    </p>
    ${dataTable('Differences', [{ title: 'What' }, { title: 'Where, and how' }], rows)}`;
}
