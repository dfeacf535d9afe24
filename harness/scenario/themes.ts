import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Scenario names by what they are about, in the order of lists. */
export type Themes = Readonly<Record<string, readonly string[]>>;

/** What is in no theme. */
const REST = 'More';

/** `themes.json` of a catalogue; none if it has no such file. */
export async function loadThemes(catalogue: string): Promise<Themes> {
  const text = await readFile(join(catalogue, 'themes.json'), 'utf8').catch(() => '{}');
  return JSON.parse(text) as Themes;
}

/** Theme by theme, in each the theme's own order; what is in no theme comes last. Empty themes are left out. */
export function byTheme<Item extends { name: string }>(
  items: readonly Item[],
  themes: Themes,
): { theme: string; items: Item[] }[] {
  const known = new Set(Object.values(themes).flat());
  const groups = Object.entries(themes).map(([theme, names]) => ({
    theme,
    items: names.flatMap((name) => items.filter((item) => item.name === name)),
  }));
  const rest = items.filter(({ name }) => !known.has(name));
  return [...groups, { theme: REST, items: rest }].filter((group) => group.items.length > 0);
}
