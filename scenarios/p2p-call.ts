import { callFacts, defineScenario, hangUpFacts } from '../harness/index.ts';

/**
 * A caller and a callee hold an audio and video call through the signaling server, then the caller hangs up.
 *
 * Guards against a pair of browsers that cannot negotiate, find a path, encrypt, or show and hear each other.
 */
export default defineScenario({
  name: 'p2p-call',
  summary: 'A caller and a callee hold an audio and video call, then the caller hangs up.',
  guardsAgainst:
    'a pair of browsers that cannot negotiate, find a path, encrypt, or show and hear each other',
  roles: ['caller', 'callee'],
  offers: 'once',
  unseen: true,
  duration: '5s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia(), callee.openMedia()]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
