import {
  callFacts,
  capFacts,
  defineScenario,
  meanRateBps,
  type PageRig,
  type Peer,
} from '../harness/index.ts';

const CAP_BPS = 200_000;
/** Of each stretch only its end is looked at: encoders and bandwidth estimates take a moment. */
const LAST_MS = 2000;

async function limitVideo({ maxBitrate }: { maxBitrate: number }, rig: PageRig): Promise<void> {
  for (const sender of rig.connection('callee').getSenders()) {
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.maxBitrate = maxBitrate;
    await sender.setParameters(parameters);
  }
}

/** How long is waited for the caller to send more than the limit. */
const MOST_HOLDS = 4;

function lastRateBps(peer: Peer): number | undefined {
  const rates = peer.sentRates();
  return meanRateBps(rates, (rates.at(-1)?.endMs ?? 0) - LAST_MS, Infinity);
}

/**
 * In the middle of a call the caller's video is limited to 200 kbit/s by `setParameters()`, and let go again.
 *
 * Guards against limits that are taken and not kept to, and video that stays bad once they are gone.
 */
export default defineScenario({
  name: 'bitrate-cap',
  summary: "The caller's video is limited to 200 kbit/s mid-call, and let go again.",
  guardsAgainst: 'limits that are taken and not kept to, and video that stays bad once they are gone',
  roles: ['caller', 'callee'],
  duration: '6s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, step, hold, check }) {
    const video = { source: 'noise', width: 640, height: 360, frameRate: 20 } as const;
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => caller.openMedia({ audio: false, video }));
    caller.startRateClock();
    await step('connect', () => caller.call(callee));
    await step('first media', () => callee.receiveMedia());
    // Estimates start low, and a busy sender takes its time.
    await step('before', async () => {
      for (let held = 0; held < MOST_HOLDS && !((lastRateBps(caller) ?? 0) > 2.5 * CAP_BPS); held++)
        await hold();
    });
    const beforeBps = lastRateBps(caller);
    await step('limit', () => caller.evaluate(limitVideo, { maxBitrate: CAP_BPS }));
    await step('limited', () => hold());
    const cappedBps = lastRateBps(caller);
    await step('let go', () => caller.evaluate(limitVideo, { maxBitrate: 20 * CAP_BPS }));
    const seen = await step('hold', () => hold());
    const afterBps = lastRateBps(caller);
    check(...capFacts(caller, { capBps: CAP_BPS, beforeBps, cappedBps, afterBps }));
    check(...(await callFacts(callee, seen.callee, { receives: { audio: false } })));
    await step('hang-up', () => caller.hangUp());
  },
});
