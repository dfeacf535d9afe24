import { callFacts, contentFacts, defineScenario, hangUpFacts } from '../harness/index.ts';

/**
 * A caller and a callee send pictures that say which one they are, when they were painted and whose, with a tone that
 * changes with them; both read what arrives.
 *
 * Guards against media that flows and is not what was sent: another peer's, frozen, out of order, late, or with a sound
 * that belongs to another picture.
 */
export default defineScenario({
  name: 'content-true',
  summary:
    'Both peers send a test pattern and read back what arrives: whose, which, how late, with which sound.',
  guardsAgainst:
    "media that flows and is not what was sent: another peer's, frozen, out of order, late, or with a sound that belongs to another picture",
  roles: ['caller', 'callee'],
  duration: '8s',
  thresholds: {
    connection_success: ['rate==1'],
    checks: ['rate==1'],
    // Painting to presenting on one machine: encoders, jitter buffers, and a screen that is shown 60 times a second.
    e2e_latency_ms: ['med>0', 'med<1500'],
    frames_skipped_ratio: ['avg<0.5'],
  },
  async script({ caller, callee, peers, step, hold, check }) {
    const video = { source: 'test-pattern' } as const;
    await step('join', () => Promise.all([caller.join(), callee.join()]));
    await step('media', () => Promise.all([caller.openMedia({ video }), callee.openMedia({ video })]));
    await step('connect', () => caller.call(callee));
    await step('first media', () => Promise.all([caller.receiveMedia(), callee.receiveMedia()]));
    await step('read', () => Promise.all([caller.startReading(), callee.startReading()]));
    const seen = await step('hold', () => hold());
    for (const peer of peers) {
      const from = peers.filter((other) => other !== peer);
      check(...(await callFacts(peer, seen[peer.role as 'caller' | 'callee'])));
      check(...contentFacts(peer, await peer.readings(), { from }));
    }
    await step('hang-up', () => caller.hangUp());
    for (const peer of peers) check(...(await hangUpFacts(peer)));
  },
});
