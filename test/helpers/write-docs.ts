import { readFileSync, writeFileSync } from 'node:fs';
import { renderFeatures } from '../../harness/features/render-features.ts';
import { renderCatalogue } from '../../harness/metrics/render-catalogue.ts';
import { resultJsonSchema } from '../../harness/result.ts';
import { CATALOGUE } from '../../harness/scenario/load.ts';
import { renderScenarioList } from '../../harness/scenario/render-list.ts';
import { loadThemes } from '../../harness/scenario/themes.ts';
import { renderReported } from '../../harness/stats/render-reported.ts';
import { renderPresets } from '../../harness/topology/render-presets.ts';
import { recordings } from '../fixtures/recorded.ts';
import { recordedBrowsers } from '../fixtures/recorded-browsers.ts';
import { catalogue } from './catalogue.ts';
import { withGenerated } from './generated.ts';

/** `npm run docs`: rewrites the pages that are generated from data. Tests fail while one of them is out of date. */
const HARNESS = new URL('../../harness/', import.meta.url);
writeFileSync(new URL('metrics/README.md', HARNESS), renderCatalogue());
writeFileSync(new URL('stats/README.md', HARNESS), renderReported(recordings()));
writeFileSync(new URL('features/README.md', HARNESS), renderFeatures(recordedBrowsers()));
writeFileSync(new URL('result.schema.json', HARNESS), `${JSON.stringify(resultJsonSchema(), null, 2)}\n`);

rewrite(new URL('topology/README.md', HARNESS), 'presets', renderPresets());
const SCENARIOS = new URL('../../scenarios/README.md', import.meta.url);
rewrite(SCENARIOS, 'catalogue', renderScenarioList(await catalogue(), await loadThemes(CATALOGUE)));

function rewrite(page: URL, name: string, text: string): void {
  writeFileSync(page, withGenerated(readFileSync(page, 'utf8'), name, text));
}
