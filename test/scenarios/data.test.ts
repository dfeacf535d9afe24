import { expect, test } from 'vitest';
import { type DataChannel, defineScenario, type Peer } from '../../harness/index.ts';
import dataChannel from '../../scenarios/data-channel.ts';
import fileTransfer from '../../scenarios/file-transfer.ts';
import { labTest } from '../helpers/lab.ts';
import { withOtherWords } from '../helpers/other-words.ts';
import { failedChecks, tryScenario, whyNotPassed } from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();

test.for([['chrome:firefox'], ['firefox:chrome']] as const)('data-channel passes for %s', async ([pair]) => {
  await using run = await tryScenario(dataChannel, {
    pairs: [pair],
    only:
      pair === 'chrome:firefox'
        ? ['unordered', 'short-lived', 'negotiated']
        : ['/reliable', '/no-retransmits'],
    network: 'loopback',
    browsers,
  });
  expect(whyNotPassed(run)).toEqual([]);
  for (const metric of ['data_channel_open_ms', 'data_rtt_ms', 'data_throughput_bps'])
    expect(run.result.metrics[metric]?.samples, metric).toBeGreaterThan(0);
});

test('file-transfer passes for every pair', async () => {
  const pairs = ['chrome:firefox', 'firefox:chrome', 'firefox:firefox'];
  await using run = await tryScenario(fileTransfer, { pairs, browsers });
  expect(whyNotPassed(run)).toEqual([]);
});

type Opening = Parameters<Peer['openChannel']>;

/** A script's context whose caller opens channels in another way. */
const openingWith = <Context extends { caller: Peer }>(
  context: Context,
  open: (caller: Peer, ...args: Opening) => Promise<DataChannel>,
): Context => {
  const { caller } = context;
  const openChannel = (...args: Opening) => open(caller, ...args);
  return { ...context, caller: withOtherWords(caller, { openChannel }) };
};

test('file-transfer fails if one byte of a file is read wrong', async () => {
  const misread = defineScenario({
    ...fileTransfer,
    script: (context) =>
      fileTransfer.script(
        openingWith(context, async (caller, ...args) => {
          const channel = await caller.openChannel(...args);
          return withOtherWords(channel, {
            transfer: async (from, options) => {
              const file = await channel.transfer(from, options);
              return { ...file, received: { ...file.received, sha256: 'of another file' } };
            },
          });
        }),
      ),
  });
  await using run = await tryScenario(misread, { pairs: ['chrome:chrome'], browsers });
  expect(run.result.status).toBe('failed');
  expect(new Set(await failedChecks(run))).toEqual(new Set(['the file is the same at both ends']));
});

test('data-channel fails if a channel is another than was asked for', async () => {
  const other = defineScenario({
    ...dataChannel,
    script: (context) =>
      dataChannel.script(openingWith(context, (caller, callee, label) => caller.openChannel(callee, label))),
  });
  await using run = await tryScenario(other, {
    pairs: ['firefox:chrome'],
    only: ['/no-retransmits'],
    network: 'loopback',
    browsers,
  });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual([
    "caller's end of chat is what was asked for",
    "callee's end of chat is what was asked for",
  ]);
});

labTest('data-channel loses what it may over a line that loses, and nothing else', async () => {
  await using run = await tryScenario(dataChannel, {
    pairs: ['chrome:firefox'],
    only: ['lossy-reliable', 'lossy-no-retransmits'],
  });
  expect(whyNotPassed(run)).toEqual([]);
});
