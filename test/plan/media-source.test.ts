import { expect, test } from 'vitest';
import { makePlan } from '../../harness/plan/make-plan.ts';
import { anInput } from './an-input.ts';

test('makePlan() says that Firefox cannot play a file, and plans Chromium with it', () => {
  const input = anInput();
  const source = { kind: 'file', video: '/clips/clip.y4m' } as const;
  const { cells } = makePlan({ ...input, options: { ...input.options, source } }, [])!;
  const unsupported = cells.map(({ id, unsupported: why }) => [id, why]);
  expect(Object.fromEntries(unsupported)).toMatchObject({
    'chrome:firefox': expect.stringContaining('firefox cannot play a file'),
    'firefox:chrome': expect.stringContaining('firefox cannot play a file'),
  });
  for (const [id, why] of unsupported) if (id === 'chrome:chrome') expect(why).toBeUndefined();
});
