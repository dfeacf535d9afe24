import { callFacts, defineScenario, hangUpFacts, sectionsFact } from '../harness/index.ts';

/**
 * A caller and a callee talk without cameras, then the caller hangs up.
 *
 * Guards against calls that need a camera, or negotiate video that nobody sends.
 */
export default defineScenario({
  name: 'audio-only',
  summary: 'A caller and a callee talk without cameras.',
  guardsAgainst: 'calls that need a camera, or negotiate video that nobody sends',
  roles: ['caller', 'callee'],
  duration: '4s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    const audio = { video: false } as const;
    await step('media', () => Promise.all([caller.openMedia(audio), callee.openMedia(audio)]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      const media = seen[peer.role as 'caller' | 'callee'];
      check(...(await callFacts(peer, media, { receives: audio })), await sectionsFact(peer, 'audio'));
    }
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
