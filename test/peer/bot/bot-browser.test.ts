import { expect, test } from 'vitest';
import p2pCall from '../../../scenarios/p2p-call.ts';
import { tryScenario, whyNotPassed } from '../../helpers/try-scenario.ts';

test('p2p-call passes between a browser and a bot of each engine, and all of the browser is checked', async () => {
  const pairs = ['chrome:bot', 'bot:firefox', 'chrome:werift', 'wrtc:chrome'];
  await using run = await tryScenario(p2pCall, { pairs, options: { durationMs: 2000 } });
  expect(whyNotPassed(run)).toEqual([]);
  expect(run.result.checks).toMatchObject({ failed: 0, inconclusive: 0 });
  const checks = (cell: number, role: string) =>
    run.result.calls[cell]!.checks.filter((check) => check.role === role).map(({ name }) => name);
  expect(checks(0, 'caller')).toEqual(expect.arrayContaining(['audio is heard', 'video frames change']));
  expect(checks(0, 'callee')).toEqual(
    expect.arrayContaining(['audio packets arrive', 'video frames arrive whole']),
  );
  expect(checks(0, 'callee')).not.toContain('video frames change');
});

test('a bot sends H.264 if that is what the browser asks for first', async () => {
  const scenario = {
    ...p2pCall,
    script: async (context: Parameters<typeof p2pCall.script>[0]) => {
      await context.caller.configure({
        prepare: (pc) => {
          const { codecs } = RTCRtpReceiver.getCapabilities('video')!;
          const [video] = pc.getTransceivers().filter(({ receiver }) => receiver.track.kind === 'video');
          video!.setCodecPreferences(codecs.filter(({ mimeType }) => /H264|rtx/.test(mimeType)));
        },
      });
      await p2pCall.script(context);
    },
  };
  const options = { durationMs: 2000 };
  await using run = await tryScenario(scenario, { pairs: ['chrome:bot'], options });
  expect(whyNotPassed(run)).toEqual([]);
  expect(run.result.calls[0]?.peers['callee']).toMatchObject({ videoCodec: 'H264' });
});
