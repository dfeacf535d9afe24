import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METRICS } from '../../harness/metrics/catalogue.ts';
import { renderCatalogue } from '../../harness/metrics/render-catalogue.ts';

test('renderCatalogue() is what harness/metrics/README.md says; else run npm run docs', () => {
  const page = readFileSync(new URL('../../harness/metrics/README.md', import.meta.url), 'utf8');
  expect(page).toBe(renderCatalogue());
});

test('renderCatalogue() names every metric', () => {
  for (const name of Object.keys(METRICS)) expect(renderCatalogue()).toContain(`| \`${name}\``);
});
