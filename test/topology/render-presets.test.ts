import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderPresets } from '../../harness/topology/render-presets.ts';
import { withGenerated } from '../helpers/generated.ts';

test('renderPresets() is what harness/topology/README.md says; else run npm run docs', () => {
  const page = readFileSync(new URL('../../harness/topology/README.md', import.meta.url), 'utf8');
  expect(withGenerated(page, 'presets', renderPresets())).toBe(page);
});
