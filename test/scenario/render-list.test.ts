import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../harness/scenario/load.ts';
import { renderScenarioList } from '../../harness/scenario/render-list.ts';
import { loadThemes } from '../../harness/scenario/themes.ts';
import { catalogue } from '../helpers/catalogue.ts';
import { withGenerated } from '../helpers/generated.ts';

test('renderScenarioList() is what scenarios/README.md says; else run npm run docs', async () => {
  const page = readFileSync(new URL('../../scenarios/README.md', import.meta.url), 'utf8');
  expect(
    withGenerated(page, 'catalogue', renderScenarioList(await catalogue(), await loadThemes(CATALOGUE))),
  ).toBe(page);
});
