import {
  callFacts,
  codecFacts,
  defineScenario,
  hangUpFacts,
  preferCodec,
  type PreferredCodec,
  type VariantSpec,
  watchFrames,
} from '../harness/index.ts';

const CODECS = {
  vp8: { kind: 'video', codec: 'VP8' },
  vp9: { kind: 'video', codec: 'VP9' },
  h264: { kind: 'video', codec: 'H264' },
  av1: { kind: 'video', codec: 'AV1' },
  opus: { kind: 'audio', codec: 'opus' },
  // Statistics name the codec that RED repeats: it is told from the frames.
  red: { kind: 'audio', codec: 'red', byFrames: true },
  pcmu: { kind: 'audio', codec: 'PCMU' },
  'vp8-alone': { kind: 'video', codec: 'VP8', alone: true },
  'opus-alone': { kind: 'audio', codec: 'opus', alone: true },
} as const satisfies Record<string, Wanted>;
type Wanted = PreferredCodec & { byFrames?: boolean };
type Case = keyof typeof CODECS;
type Role = 'caller' | 'callee';

const toCase = ([name, { kind, codec, alone, byFrames }]: [string, Wanted]): [string, VariantSpec<Role>] => [
  name,
  {
    summary: `${codec} ${alone ? 'alone' : 'first'}`,
    needs: [`codec:${kind}/${codec}`, ...(byFrames ? (['api:RTCRtpScriptTransform'] as const) : [])],
  },
];

/**
 * The same call with every codec that both sides have: put first by `setCodecPreferences()`, or all others left out.
 *
 * Guards against codecs that browsers say they have, but cannot agree on, send or decode.
 */
export default defineScenario({
  name: 'codec-matrix',
  summary: 'The same call with every codec that both sides have.',
  guardsAgainst: 'codecs that browsers say they have, but cannot agree on, send or decode',
  roles: ['caller', 'callee'],
  variants: {
    axis: 'case',
    cases: Object.fromEntries(Object.entries(CODECS).map(toCase)) as Record<Case, VariantSpec<Role>>,
  },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, step, hold, check }) {
    const wanted: Wanted = CODECS[variant];
    const media = { audio: wanted.kind === 'audio', video: wanted.kind === 'video' };
    const prepare = wanted.byFrames ? [preferCodec, watchFrames] : preferCodec;
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all(peers.map((peer) => peer.openMedia(media))));
    await Promise.all(peers.map((peer) => peer.configure({ prepare, arg: wanted })));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      check(...(await callFacts(peer, seen[peer.role as Role], { receives: media })));
      check(...(await codecFacts(peer, wanted)));
    }
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
