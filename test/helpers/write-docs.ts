import { writeFileSync } from 'node:fs';
import { renderCatalogue } from '../../harness/metrics/render-catalogue.ts';
import { resultJsonSchema } from '../../harness/result.ts';
import { renderReported } from '../../harness/stats/render-reported.ts';
import { recordings } from '../fixtures/recorded.ts';

/** `npm run docs`: rewrites the pages that are generated from data. Tests fail while one of them is out of date. */
const HARNESS = new URL('../../harness/', import.meta.url);
writeFileSync(new URL('metrics/README.md', HARNESS), renderCatalogue());
writeFileSync(new URL('stats/README.md', HARNESS), renderReported(recordings()));
writeFileSync(new URL('result.schema.json', HARNESS), `${JSON.stringify(resultJsonSchema(), null, 2)}\n`);
