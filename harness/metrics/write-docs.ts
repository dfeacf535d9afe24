/** Rewrites the generated pages of harness/metrics and harness/stats: `npx tsx harness/metrics/write-docs.ts`. */
import { writeFileSync } from 'node:fs';
import { recordings } from '../../test/fixtures/recorded.ts';
import { renderReported } from '../stats/render-reported.ts';
import { renderCatalogue } from './render-catalogue.ts';

writeFileSync(new URL('README.md', import.meta.url), renderCatalogue());
writeFileSync(new URL('../stats/README.md', import.meta.url), renderReported(recordings()));
