import {
  callFacts,
  defineScenario,
  type Fact,
  type PageRig,
  type Peer,
  sectionsFact,
} from '../harness/index.ts';

/** Offers video and takes it back: the states it came through, and the section that was then given up. */
async function offerAndRollBack(remote: string, rig: PageRig) {
  const pc = rig.connection(remote);
  const sender = pc.addTrack(rig.openVideo({}), rig.stream);
  const transceiver = pc.getTransceivers().find((each) => each.sender === sender)!;
  await pc.setLocalDescription();
  const states = [pc.signalingState, transceiver.mid === null ? 'no section' : 'a section'];
  await pc.setLocalDescription({ type: 'rollback' });
  return [...states, pc.signalingState, transceiver.mid === null ? 'no section' : 'a section'];
}

/** Takes an offer of video and rolls it back. */
async function takeAndRollBack(sdp: string, rig: PageRig) {
  const pc = rig.connection('caller');
  const video = () => (pc.getTransceivers().length > 1 ? 'a section' : 'no section');
  await pc.setRemoteDescription({ type: 'offer', sdp });
  const states = [pc.signalingState, video()];
  await pc.setRemoteDescription({ type: 'rollback' });
  return [...states, pc.signalingState, video()];
}

async function offerOf(remote: string, rig: PageRig): Promise<string> {
  return (await rig.connection(remote).createOffer()).sdp!;
}

function rollbackFact(peer: Peer, offer: 'local' | 'remote', states: string[]): Fact {
  const expected = `have-${offer}-offer, a section, stable, no section`;
  const actual = states.join(', ');
  const name = `its ${offer} offer is rolled back`;
  return { name, peer, passed: actual === expected, expected, actual, phase: 'negotiation' };
}

/**
 * In an audio call the caller takes back an offer of video before it is sent, and the callee one that it has taken; the
 * call goes on, and the third offer of the same video is answered.
 *
 * Guards against connections that are stuck in the middle of a negotiation, or lose with it what they had.
 */
export default defineScenario({
  name: 'rollback',
  summary: 'Offers are taken back by either side mid-call; the call goes on, and a later one is answered.',
  guardsAgainst: 'connections that are stuck in the middle of a negotiation, or lose with it what they had',
  roles: ['caller', 'callee'],
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, step, hold, check }) {
    const audio = { video: false };
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(audio), callee.openMedia(audio)]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await step('roll back', async () => {
      check(rollbackFact(caller, 'local', await caller.evaluate(offerAndRollBack, 'callee')));
      const sdp = await caller.evaluate(offerOf, 'callee');
      check(rollbackFact(callee, 'remote', await callee.evaluate(takeAndRollBack, sdp)));
    });
    const after = await step('after', () => hold());
    check(
      ...(await callFacts(caller, after.caller, { receives: audio })),
      await sectionsFact(caller, 'audio'),
    );
    check(
      ...(await callFacts(callee, after.callee, { receives: audio })),
      await sectionsFact(callee, 'audio'),
    );
    await step('offer again', async () => {
      await caller.negotiate(callee);
      await callee.receiveMedia();
    });
    const seen = await step('hold', () => hold());
    check(
      ...(await callFacts(caller, seen.caller, { receives: audio })),
      ...(await callFacts(callee, seen.callee)),
    );
    await step('hang-up', () => callee.hangUp());
  },
});
