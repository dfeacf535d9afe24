import { printableLine } from './printable.ts';

/** Longest text of one place, in characters. */
export const MOST_SENTENCE = 400;

/** A table of GitHub's Markdown; the first row is its head. Cells are Markdown already. */
export function table([head = [], ...rows]: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * Text on one line in which nothing is markup: no table, link, tag or heading. After `@` and `#` stands a space of no
 * width, so that nobody is mentioned and no issue is linked from what a page wrote.
 */
export function text(raw: string): string {
  return printableLine(raw, MOST_SENTENCE)
    .replace(/[&<>"'|`*_[\]~\\!#@$]/g, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll(/&#(35|64);/g, '&#$1;&#8203;')
    .replaceAll('://', '&#58;//')
    .replaceAll('www.', 'www&#46;');
}

/** Markdown that opens on a click; nothing of nothing. */
export function behindFold(title: string, content: string): string {
  return content === '' ? '' : `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}
