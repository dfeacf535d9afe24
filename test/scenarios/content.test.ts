import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PageRig, Peer } from '../../harness/index.ts';
import contentTrue from '../../scenarios/content-true.ts';
import mediaCapture from '../../scenarios/media-capture.ts';
import p2pCall from '../../scenarios/p2p-call.ts';
import screenShare from '../../scenarios/screen-share.ts';
import {
  failedChecks,
  type TriedScenario,
  tryScenario,
  whyNotPassed,
  withAfter,
} from '../helpers/try-scenario.ts';
import { warmBrowsers } from '../helpers/warm-browsers.ts';

const browsers = warmBrowsers();
const PAIRS = ['chrome:firefox', 'firefox:chrome'];
const PATTERN = { video: { source: 'test-pattern' } } as const;

async function recordOf({ stored }: TriedScenario) {
  const [call] = await stored.callIds();
  return stored.record(call!);
}

test.for(PAIRS)('content-true passes with %s', async (pair) => {
  await using run = await tryScenario(contentTrue, { pairs: [pair], browsers });
  expect(whyNotPassed(run)).toEqual([]);
  expect(run.result.metrics['e2e_latency_ms']?.samples).toBeGreaterThan(20);
  const readings = Object.values((await recordOf(run)).peers).flatMap(({ content }) => content ?? []);
  expect(readings.map(({ from }) => from).toSorted()).toEqual(['callee', 'caller']);
});

test('content-true fails if pictures are of another peer', async () => {
  const swapped = withAfter(contentTrue, 'media', ({ caller }) =>
    caller.openMedia({ video: { ...PATTERN.video, signedAs: 'somebody' } }),
  );
  await using run = await tryScenario(swapped, { pairs: ['chrome:chrome'], browsers });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toContain('frames are signed by their sender from caller');
});

/** Sends one picture of the pattern again and again. */
async function freeze(_: null, rig: PageRig): Promise<void> {
  const pattern = rig.stream.getVideoTracks()[0]!;
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([pattern]);
  await video.play();
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
  const context = canvas.getContext('2d')!;
  context.drawImage(video, 0, 0);
  setInterval(() => context.drawImage(canvas, 0, 0), 50);
  rig.stream.removeTrack(pattern);
  rig.stream.addTrack(canvas.captureStream().getVideoTracks()[0]!);
}

test('content-true fails if a picture is frozen, though frames come', async () => {
  const frozen = withAfter(contentTrue, 'media', ({ caller }) => caller.evaluate(freeze, null));
  await using run = await tryScenario(frozen, { pairs: ['chrome:chrome'], browsers });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toContain('new frames come from caller');
  const { callee } = (await recordOf(run)).peers;
  expect(callee!.content?.[0]?.repeated).toBeGreaterThan(5);
});

function muteSound(_: null, rig: PageRig): void {
  rig.stream.getAudioTracks()[0]!.enabled = false;
}

test('content-true fails if the tone is muted', async () => {
  const mute = (peer: Peer) => peer.evaluate(muteSound, null);
  const muted = withAfter(contentTrue, 'media', ({ caller }) => mute(caller));
  await using run = await tryScenario(muted, { pairs: ['chrome:chrome'], browsers });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toContain('the tone changes with the picture from caller');
});

test('any scenario sends the test pattern and reads it if the run says so', async () => {
  await using run = await tryScenario(p2pCall, {
    pairs: ['firefox:chrome'],
    browsers,
    options: { durationMs: 2000, source: { kind: 'test-pattern' } },
  });
  const { peers } = await recordOf(run);
  expect(Object.values(peers).map(({ source }) => source?.kind)).toEqual(['test-pattern', 'test-pattern']);
  expect(run.result.metrics['e2e_latency_ms']?.samples).toBeGreaterThan(10);
});

/** A clip of two gray frames, 160 × 120 in YUV4MPEG2. */
function clip(): Buffer {
  const frames = [60, 200].map((luma) => [
    Buffer.from('FRAME\n'),
    Buffer.alloc(160 * 120, luma),
    Buffer.alloc((160 * 120) / 2, 128),
  ]);
  return Buffer.concat([Buffer.from('YUV4MPEG2 W160 H120 F10:1 Ip A1:1 C420\n'), ...frames.flat()]);
}

test('Chromium sends a file if the run says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callrig-clip-'));
  try {
    const video = join(folder, 'clip.y4m');
    await writeFile(video, clip());
    const sizes: unknown[] = [];
    const measured = withAfter(p2pCall, 'media', async ({ caller }) => {
      const constraints = { video: true };
      sizes.push(
        await caller.evaluate(async (wanted) => {
          const stream = await navigator.mediaDevices.getUserMedia(wanted);
          const { width, height } = stream.getVideoTracks()[0]!.getSettings();
          for (const track of stream.getTracks()) track.stop();
          return { width, height };
        }, constraints),
      );
    });
    await using run = await tryScenario(measured, {
      pairs: ['chrome:chrome'],
      options: { durationMs: 2000, source: { kind: 'file', video } },
    });
    const { caller } = (await recordOf(run)).peers;
    expect(caller!.source).toMatchObject({ kind: 'file', files: ['clip.y4m'] });
    expect(sizes).toEqual([{ width: 160, height: 120 }]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.for(['chrome', 'firefox'])('media-capture passes with %s', async (browser) => {
  await using run = await tryScenario(mediaCapture, { pairs: [browser], browsers });
  expect(await failedChecks(run)).toEqual([]);
  expect(whyNotPassed(run)).toEqual([]);
});

/** A camera that gives what it has, whatever it is asked for. */
function ignoreConstraints(): void {
  const { mediaDevices } = navigator;
  const get = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = () => get({ video: { width: 320, height: 240 } });
}

test('media-capture fails if constraints are ignored', async () => {
  const ignoring = {
    ...mediaCapture,
    script: async (context: Parameters<typeof mediaCapture.script>[0]) => {
      await context.page.evaluate(ignoreConstraints, null);
      await mediaCapture.script(context);
    },
  };
  await using run = await tryScenario(ignoring, { pairs: ['chrome'], browsers });
  expect(run.result.status).toBe('failed');
  expect(await failedChecks(run)).toEqual(
    expect.arrayContaining([
      'exactly width 640, height 360 is what one gets',
      'an unknown device is refused',
    ]),
  );
});

test.for(PAIRS)('screen-share passes with %s', async (pair) => {
  await using run = await tryScenario(screenShare, { pairs: [pair], browsers });
  expect(await failedChecks(run)).toEqual([]);
  expect(whyNotPassed(run)).toEqual([]);
});

test('screen-share fails if the camera goes with the screen', async () => {
  const gone = withAfter(screenShare, 'stop', ({ caller }) =>
    caller.evaluate(async (_, rig) => {
      const senders = rig.connection('callee').getSenders();
      await Promise.all(senders.map((sender) => sender.replaceTrack(null)));
    }, null),
  );
  await using run = await tryScenario(gone, { pairs: ['chrome:chrome'], browsers });
  expect(run.result.status).toBe('failed');
  // The last frames of the camera may still be decoded in the hold.
  const failed = await failedChecks(run);
  expect(
    failed.some((name) => ['video frames are decoded', 'video frames change'].includes(name)),
    String(failed),
  ).toBe(true);
});

test('screen-share fails if the screen never arrives', async () => {
  const unsent = withAfter(screenShare, 'share', ({ caller }) =>
    caller.evaluate(async (_, rig) => {
      const screen = rig.kept['screen'];
      const senders = rig.connection('callee').getSenders();
      await senders.find(({ track }) => track === screen)?.replaceTrack(null);
    }, null),
  );
  const options = { pairs: ['firefox:chrome'], browsers, options: { callTimeoutMs: 8000 } };
  await using run = await tryScenario(unsent, options);
  expect(run.result.status).toBe('failed');
});
