import {
  callFacts,
  codecFacts,
  defineScenario,
  preferCodec,
  scalabilityFacts,
  type VariantSpec,
  watchFrames,
} from '../harness/index.ts';

const MODES = {
  'vp8-l1t2': { codec: 'VP8', mode: 'L1T2' },
  'vp8-l1t3': { codec: 'VP8', mode: 'L1T3' },
  'vp9-l1t3': { codec: 'VP9', mode: 'L1T3' },
  'vp9-l3t3': { codec: 'VP9', mode: 'L3T3' },
  'av1-l1t3': { codec: 'AV1', mode: 'L1T3' },
} as const;
type Case = keyof typeof MODES;
type Role = 'publisher' | 'subscriber';

const toCase = ([name, { codec, mode }]: [string, { codec: string; mode: string }]) => [
  name,
  {
    summary: `${mode} of ${codec}`,
    needs: {
      publisher: [`svc:${codec}/${mode}`, 'api:RTCRtpScriptTransform'],
      subscriber: [`receive:video/${codec}`],
    },
  } satisfies VariantSpec<Role>,
];

/**
 * A publisher sends one video in layers that build on each other (SVC), so that a media server could leave some out.
 *
 * Guards against a scalability mode that is taken, but not sent or not decoded.
 */
export default defineScenario({
  name: 'svc',
  summary: 'A publisher sends one video in layers that build on each other.',
  guardsAgainst: 'a scalability mode that is taken, but not sent or not decoded',
  roles: ['publisher', 'subscriber'],
  variants: {
    axis: 'case',
    cases: Object.fromEntries(Object.entries(MODES).map(toCase)) as Record<Case, VariantSpec<Role>>,
  },
  duration: '4s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ publisher, subscriber, variant, step, hold, check }) {
    const { codec, mode } = MODES[variant];
    const wanted = { kind: 'video', codec } as const;
    const video = { width: 1280, height: 720, frameRate: 10 };
    await step('join', () => Promise.all([publisher.join(), subscriber.join()]));
    await step('media', () => publisher.openMedia({ audio: false, video }));
    const videoEncodings = [{ scalabilityMode: mode }];
    await publisher.configure({ videoEncodings, prepare: [preferCodec, watchFrames], arg: wanted });
    await step('connect', () => publisher.call(subscriber));
    await step('first media', () => subscriber.receiveMedia());
    const seen = await step('hold', () => hold());
    check(...(await scalabilityFacts(publisher, mode)));
    check(...(await codecFacts(publisher, { ...wanted, directions: ['sent'] })));
    check(...(await callFacts(subscriber, seen.subscriber, { receives: { audio: false } })));
    await step('hang-up', () => publisher.hangUp());
  },
});
