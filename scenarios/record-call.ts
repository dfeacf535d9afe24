import { callFacts, defineScenario, hangUpFacts, recordingFacts } from '../harness/index.ts';

/**
 * Both sides of a call record what they receive, and play it back: it must last, show and sound as the call did.
 *
 * Guards against recordings that are empty, black, silent, cut short, or that nothing else can read.
 */
export default defineScenario({
  name: 'record-call',
  summary: 'Both sides of a call record what they receive, and play it back.',
  guardsAgainst: 'recordings that are empty, black, silent, cut short, or that nothing else can read',
  roles: ['caller', 'callee'],
  variants: {
    axis: 'case',
    cases: {
      default: { summary: 'what each browser takes by itself' },
      'webm-vp8': { summary: 'WebM, VP8 and Opus', needs: ['recorder:video/webm;codecs=vp8,opus'] },
      'mp4-h264': {
        summary: 'MP4, H.264 and AAC',
        needs: ['recorder:video/mp4;codecs=avc1.42E01E,mp4a.40.2'],
      },
    },
  },
  duration: '4s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, step, hold, check }) {
    const mimeTypes = {
      default: {},
      'webm-vp8': { mimeType: 'video/webm;codecs=vp8,opus' },
      'mp4-h264': { mimeType: 'video/mp4;codecs=avc1.42E01E,mp4a.40.2' },
    };
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const recordings = await step('record', () =>
      Promise.all(
        peers.map(async (peer) => ({ peer, recording: await peer.startRecording(mimeTypes[variant]) })),
      ),
    );
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    const played = await step('play', () =>
      Promise.all(
        recordings.map(async ({ peer, recording }) => ({ peer, recorded: await recording.stop() })),
      ),
    );
    for (const { peer, recorded } of played)
      check(...recordingFacts(recorded).map((fact) => ({ ...fact, peer })));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
