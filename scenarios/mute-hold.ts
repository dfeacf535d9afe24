import {
  callFacts,
  defineScenario,
  directionFacts,
  hasStopped,
  isDark,
  isLit,
  mutedFacts,
  offerCount,
  type PageRig,
  stoppedFacts,
  unnegotiatedFact,
} from '../harness/index.ts';

function enable(isEnabled: boolean, rig: PageRig): void {
  for (const track of rig.stream.getTracks()) track.enabled = isEnabled;
}

function direct(direction: RTCRtpTransceiverDirection, rig: PageRig): void {
  for (const transceiver of rig.connection('callee').getTransceivers()) transceiver.direction = direction;
}

/**
 * The caller mutes itself, which the callee sees and hears as black and silence though nothing is negotiated; then it
 * puts the call on hold, which stops media both ways, and resumes it.
 *
 * Guards against a mute that still sends, a hold that still plays, and calls that do not come back from either.
 */
export default defineScenario({
  name: 'mute-hold',
  summary: 'The caller mutes itself, then puts the call on hold and resumes it.',
  guardsAgainst:
    'a mute that still sends, a hold that still plays, and calls that do not come back from either',
  roles: ['caller', 'callee'],
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    const dark = { awaited: 'a black picture at callee', phase: 'rtp' } as const;
    const silent = { awaited: 'silence at callee', phase: 'rtp' } as const;
    const lit = { awaited: 'a picture at callee again', phase: 'rtp' } as const;
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const before = await step('before', () => hold());
    const offers = await offerCount(callee);
    await step('mute', async () => {
      await caller.evaluate(enable, false);
      await callee.until(isDark, { maxLuma: 40 }, dark);
      await callee.until(hasStopped, { what: 'audioEnergy', atMost: 1e-5 }, silent);
    });
    const muted = await step('muted', () => hold());
    check(...mutedFacts(callee, muted.callee, before.callee), await unnegotiatedFact(callee, offers));
    check(...(await callFacts(caller, muted.caller)));
    await step('unmute', async () => {
      await caller.evaluate(enable, true);
      await callee.until(isLit, { minLuma: 40 }, lit);
    });
    await step('put on hold', async () => {
      await caller.evaluate(direct, 'inactive');
      await caller.negotiate(callee);
      for (const peer of peers) {
        const awaited = `${peer.role} to receive nothing`;
        await peer.until(hasStopped, { what: 'audioPackets' }, { awaited, phase: 'rtp' });
      }
    });
    const held = await step('on hold', () => hold());
    for (const [peer, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      check(...stoppedFacts(peer, held[peer.role as 'caller' | 'callee']));
      check(...(await directionFacts(peer, other, { audio: 'inactive', video: 'inactive' })));
    }
    await step('resume', async () => {
      await caller.evaluate(direct, 'sendrecv');
      await caller.negotiate(callee);
    });
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
  },
});
