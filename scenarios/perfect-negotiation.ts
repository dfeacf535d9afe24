import {
  callFacts,
  defineScenario,
  type Fact,
  hangUpFacts,
  type PageRig,
  type Peer,
} from '../harness/index.ts';

/** Crossing needs both sides to change within the time an offer travels; more often than once in ten they do. */
const ROUNDS = 10;

function addSection(remote: string, rig: PageRig): void {
  rig.connection(remote).addTransceiver('video', { direction: 'recvonly' });
}

/** Whether all sections are agreed, and as many as that. */
function isAgreed({ remote, sections }: { remote: string; sections: number }, rig: PageRig): boolean {
  const pc = rig.connection(remote);
  const all = pc.getTransceivers();
  return pc.signalingState === 'stable' && all.length === sections && all.every(({ mid }) => mid !== null);
}

const glaresOf = async (peers: Peer[]) =>
  Promise.all(peers.map(async (peer) => (await peer.evidence()).glares ?? 0));

function glareFact(glares: number[]): Fact {
  return {
    name: 'offers cross',
    passed: glares.some((count) => count > 0),
    expected: 'one or more',
    actual: `${glares.join(' and ')} seen`,
    phase: 'negotiation',
  };
}

/**
 * Both sides of a call change it in the same moment, until their offers cross: the polite side takes its own back, and
 * both changes come about.
 *
 * Guards against calls that break, or lose a change, when both sides want one.
 */
export default defineScenario({
  name: 'perfect-negotiation',
  summary: 'Both sides change a call in the same moment; their offers cross, and both changes come about.',
  guardsAgainst: 'calls that break, or lose a change, when both sides want one',
  roles: ['caller', 'callee'],
  variants: {
    axis: 'case',
    cases: {
      'polite-caller': { summary: 'the caller gives way' },
      'polite-callee': { summary: 'the callee gives way' },
      'sound-first': { summary: 'the callee gives way, in a call that begins without video' },
    },
  },
  duration: '3s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, variant, step, hold, check }) {
    const polite = variant === 'polite-caller' ? caller : callee;
    const media = variant === 'sound-first' ? { video: false } : {};
    const both = [
      { peer: caller, remote: 'callee' },
      { peer: callee, remote: 'caller' },
    ];
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    for (const peer of peers) await peer.configure({ politeness: peer === polite ? 'polite' : 'impolite' });
    await step('media', () => Promise.all(peers.map((peer) => peer.openMedia(media))));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const sections = media.video === false ? 1 : 2;
    await step('cross', async () => {
      for (let round = 1; round <= ROUNDS && !glareFact(await glaresOf(peers)).passed; round++) {
        await Promise.all(both.map(({ peer, remote }) => peer.evaluate(addSection, remote)));
        for (const { peer, remote } of both) {
          const awaited = `both changes to be agreed at ${peer.role}`;
          await peer.until(
            isAgreed,
            { remote, sections: sections + 2 * round },
            { awaited, phase: 'negotiation' },
          );
        }
      }
    });
    check(glareFact(await glaresOf(peers)));
    const seen = await step('hold', () => hold());
    for (const peer of peers)
      check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'], { receives: media })));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
