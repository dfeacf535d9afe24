import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { probeOf } from '../../harness/features/feature.ts';
import { RECORDED_FEATURES, type RecordedBrowser } from '../../harness/features/recorded-browser.ts';
import { renderFeatures } from '../../harness/features/render-features.ts';
import { recordedBrowsers } from '../fixtures/recorded-browsers.ts';

const recorded = (change: Partial<RecordedBrowser>): RecordedBrowser => ({
  kind: 'chromium',
  version: '156.0.1',
  recordedAt: '2030-01-01',
  features: { 'codec:video/H264': true },
  sends: { video: ['VP8', 'H264'], audio: [] },
  receives: { video: [], audio: [] },
  camera: { width: 640, height: 360, frameRate: 20 },
  stats: { transport: ['bytesSent', 'id'] },
  ...change,
});

test('harness/features/README.md is what npm run docs would write', () => {
  const page = readFileSync(new URL('../../harness/features/README.md', import.meta.url), 'utf8');
  expect(page).toBe(renderFeatures(recordedBrowsers()));
});

test.for(RECORDED_FEATURES)('%s can be asked', (feature) => {
  expect(probeOf(feature)).toHaveProperty('probe');
});

test('renderFeatures() says yes, no and not asked, older versions first', () => {
  const page = renderFeatures([
    recorded({}),
    recorded({ version: '99.1', features: {} }),
    recorded({ kind: 'firefox', version: '153.7', features: { 'codec:video/H264': false }, stats: {} }),
  ]);
  expect(page).toContain('| feature | chromium 99 | chromium 156 | firefox 153 |');
  expect(page).toContain('| `codec:video/H264` | not asked | yes | no |');
});

test('renderFeatures() has the statistics that not all browsers have', () => {
  const page = renderFeatures([
    recorded({}),
    recorded({ kind: 'firefox', version: '153.7', stats: { transport: ['id'] } }),
  ]);
  expect(page).toContain('| **transport** | 2 | 1 |');
  expect(page).toContain('| `bytesSent` | yes | no |');
  expect(page).not.toContain('| `id` |');
});
