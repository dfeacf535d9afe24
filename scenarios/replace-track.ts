import {
  callFacts,
  defineScenario,
  hangUpFacts,
  hasStopped,
  isDark,
  isLit,
  offerCount,
  type PageRig,
  stoppedFacts,
  unnegotiatedFact,
} from '../harness/index.ts';

async function replaceVideo(by: 'black' | 'nothing' | 'camera', rig: PageRig): Promise<void> {
  const senders = rig.connection('callee').getSenders();
  const sender = (rig.kept['sender'] ??= senders.find(
    ({ track }) => track?.kind === 'video',
  )) as RTCRtpSender;
  rig.kept['camera'] ??= sender.track;
  const black = by === 'black' ? rig.openVideo({ source: 'black' }) : null;
  await sender.replaceTrack(by === 'camera' ? (rig.kept['camera'] as MediaStreamTrack) : black);
}

/**
 * The caller's camera is replaced by a black picture, by nothing, and by the camera again, in the middle of a call; the
 * callee sees each change, though nothing is negotiated.
 *
 * Guards against changes of camera that need a negotiation, or that the other side never sees.
 */
export default defineScenario({
  name: 'replace-track',
  summary: "The caller's camera is replaced mid-call, without a negotiation.",
  guardsAgainst: 'changes of camera that need a negotiation, or that the other side never sees',
  roles: ['caller', 'callee'],
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const offers = await offerCount(callee);
    await step('black', async () => {
      await caller.evaluate(replaceVideo, 'black');
      await callee.until(isDark, { maxLuma: 40 }, { awaited: 'a black picture at callee', phase: 'rtp' });
    });
    await step('nothing', async () => {
      await caller.evaluate(replaceVideo, 'nothing');
      const awaited = 'no more frames at callee';
      await callee.until(hasStopped, { what: 'framesDecoded' }, { awaited, phase: 'rtp' });
      check(...stoppedFacts(callee, (await hold()).callee, ['video']));
    });
    await step('camera', async () => {
      await caller.evaluate(replaceVideo, 'camera');
      await callee.until(isLit, { minLuma: 40 }, { awaited: "the camera's picture at callee", phase: 'rtp' });
    });
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    check(await unnegotiatedFact(callee, offers));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
