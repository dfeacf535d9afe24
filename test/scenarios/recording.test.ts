import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defineScenario, type MediaOptions } from '../../harness/index.ts';
import recordCall from '../../scenarios/record-call.ts';
import { withOtherWords } from '../helpers/other-words.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();

test.for([['chrome:firefox'], ['firefox:chrome']] as const)(
  'record-call passes for %s, and leaves the files in the run',
  async ([pair]) => {
    await using run = await tryScenario(recordCall, { pairs: [pair], only: ['default'], browsers });
    expect(whyNotPassed(run)).toEqual([]);
    for await (const { peers } of run.stored.records())
      for (const { recordings = [] } of Object.values(peers)) {
        const [recording] = recordings;
        expect(recordings).toHaveLength(1);
        expect(statSync(join(run.stored.folder, recording!.file)).size).toBe(recording!.sizeBytes);
      }
  },
);

test('record-call has a type that a browser cannot write unsupported', async () => {
  await using run = await tryScenario(recordCall, {
    pairs: ['chrome:firefox'],
    only: ['mp4-h264'],
    browsers,
  });
  const statuses = run.result.cells.map(({ status }) => status);
  expect(statuses).toEqual(['unsupported']);
});

const sending = (media: MediaOptions) =>
  defineScenario({
    ...recordCall,
    script: (context) => {
      const { caller } = context;
      return recordCall.script({
        ...context,
        caller: withOtherWords(caller, { openMedia: () => caller.openMedia(media) }),
      });
    },
  });

test('record-call fails if the picture is black', async () => {
  const black = sending({ video: { source: 'black' } });
  await using run = await tryScenario(black, { pairs: ['chrome:chrome'], only: ['default'], browsers });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual(
    expect.arrayContaining(['the recording is not black', 'the recording moves']),
  );
});

test('record-call fails if what it records stands still', async () => {
  const still = sending({ video: { source: 'still' } });
  await using run = await tryScenario(still, { pairs: ['firefox:chrome'], only: ['default'], browsers });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toContain('the recording moves');
});
