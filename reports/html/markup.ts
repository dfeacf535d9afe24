import { printable } from '../printable.ts';

/** HTML that was made here. Data read from a file can never be one, so it is always escaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Child = Markup | string | number | false | undefined | readonly Child[];

/**
 * Template tag: what is interpolated is escaped, unless it is {@link Markup}; arrays are joined; `undefined` and `false`
 * leave nothing. Attributes must be double-quoted in the template.
 */
export function html(strings: TemplateStringsArray, ...children: Child[]): Markup {
  return new Markup(
    unindented(strings).reduce((text, string, index) => text + toText(children[index - 1]) + string),
  );
}

const seen = new WeakMap<TemplateStringsArray, readonly string[]>();

/** The template without the indentation it has in the source: a third of a large report otherwise. */
function unindented(strings: TemplateStringsArray): readonly string[] {
  const known = seen.get(strings) ?? strings.map((string) => string.replace(/\n\s+/g, '\n'));
  seen.set(strings, known);
  return known;
}

/** A value as JSON inside a `<script type="application/json">`: no `<` is left that could end it. */
export function jsonScript(id: string, value: unknown): Markup {
  const json = new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
  return html`<script type="application/json" id="${id}">
    ${json}
  </script>`;
}

/** An id for the page from any text; different texts give different ids. */
export function anchor(kind: 'call' | 'cell' | 'series', id: string): string {
  return `${kind}-${id.replace(/[^A-Za-z0-9-]/gu, (character) => `_${character.codePointAt(0)!.toString(16)}_`)}`;
}

function toText(child: Child): string {
  if (child === undefined || child === false) return '';
  if (child instanceof Markup) return child.text;
  if (typeof child === 'object') return child.map(toText).join('');
  return escape(printable(String(child)));
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
