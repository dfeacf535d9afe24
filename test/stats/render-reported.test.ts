import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderReported } from '../../harness/stats/render-reported.ts';
import { recordings } from '../fixtures/recorded.ts';

test('renderReported() is what harness/stats/README.md says; else run npm run docs', () => {
  const page = readFileSync(new URL('../../harness/stats/README.md', import.meta.url), 'utf8');
  expect(page).toBe(renderReported(recordings()));
});

test('renderReported() tells which browser alone reports a field', () => {
  const stat = { id: 'x', type: 'transport', timestamp: 1, dtlsState: 'connected' };
  const page = renderReported([
    { browser: 'A 1', stats: [{ ...stat, tlsVersion: 'FEFD' }] },
    { browser: 'B 2', stats: [stat] },
  ]);
  expect(page).toContain('- both: `dtlsState`\n- A 1 only: `tlsVersion`\n');
});
